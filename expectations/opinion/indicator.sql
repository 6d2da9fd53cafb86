-- mart.fact_indicator: every figure as delivered.
SELECT
    region_code, period, indicator, CASE WHEN source IS NULL THEN 'tidak disebut' ELSE source END AS source,
    value, unit, label, released_on
FROM indikator
