CREATE OR REPLACE VIEW mart.indicator AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.period,
    fact.indicator,
    fact.source,
    fact.value,
    fact.unit,
    fact.label,
    fact.released_on
FROM mart.fact_indicator AS fact
LEFT JOIN mart.dim_region AS region ON region.region_code = fact.region_code
WHERE fact.superseded_at IS NULL;
