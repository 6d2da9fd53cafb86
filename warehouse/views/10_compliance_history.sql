CREATE OR REPLACE VIEW mart.compliance_history AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.* EXCLUDE (region_code)
FROM mart.fact_compliance AS fact
LEFT JOIN mart.dim_region AS region USING (region_code);

COMMENT ON VIEW mart.compliance_history IS
'Compliance of employers: every version ever loaded, with the name of the region. superseded_at is empty on the rows that stand. Counts add up over regencies; an employer may have several findings.';
