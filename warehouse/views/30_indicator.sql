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

COMMENT ON VIEW mart.indicator IS
'Published figures of regions as they stand, with the name of the region: one row per region, period (YYYY or YYYY-MM), indicator and source. value is in the unit of the row, where that is stated; label is the header as it was published. A figure that was published as missing has no row. Never sum: an indicator may be a rate, a mean or a count, and regions stand beside their province.';
