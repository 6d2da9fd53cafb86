CREATE OR REPLACE VIEW mart.programme_coverage AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.* EXCLUDE (region_code, superseded_at)
FROM mart.fact_programme_coverage AS fact
LEFT JOIN mart.dim_region AS region USING (region_code)
SEMI JOIN (
    SELECT month, max(as_of_date) AS as_of_date
    FROM mart.fact_programme_coverage
    WHERE superseded_at IS NULL
    GROUP BY month
) AS newest ON fact.month = newest.month AND fact.as_of_date = newest.as_of_date
WHERE fact.superseded_at IS NULL;

COMMENT ON VIEW mart.programme_coverage IS
'Workers in force by programme as they stand: of every month the newest as_of_date, not superseded. A worker holds several programmes: never sum.';
