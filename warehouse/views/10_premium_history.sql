CREATE OR REPLACE VIEW mart.premium_history AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.* EXCLUDE (region_code)
FROM mart.fact_premium AS fact
LEFT JOIN mart.dim_region AS region USING (region_code);

COMMENT ON VIEW mart.premium_history IS
'Contributions: every version ever loaded, with the name of the region. superseded_at is empty on the rows that stand. Amounts add up over regencies, members do not.';
