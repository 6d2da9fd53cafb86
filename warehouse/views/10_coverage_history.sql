CREATE OR REPLACE VIEW mart.coverage_history AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.* EXCLUDE (region_code)
FROM mart.fact_coverage AS fact
LEFT JOIN mart.dim_region AS region USING (region_code);

COMMENT ON VIEW mart.coverage_history IS
'Coverage: every version ever loaded, with the name of the region. superseded_at is empty on the rows that stand. Regions of all three levels, both bases and every segment scope are rows side by side: choose one of each, never sum.';
