-- mart.fact_budget as known on $as_of: budgets, and public sources that were billed without one.
WITH known AS (
    SELECT year(i.month) AS year, i.region_code, i.funding_source, i.paid_idr
    FROM iuran i
    WHERE i.as_of_date = (SELECT max(n.as_of_date) FROM iuran n WHERE n.month = i.month AND n.as_of_date <= $as_of)
)
SELECT
    region_code, CAST(year AS INTEGER) AS year, funding_source, budget_idr, budget_workers,
    CASE WHEN year IN (SELECT year FROM known) THEN
        coalesce((
            SELECT CAST(sum(k.paid_idr) AS BIGINT)
            FROM known k
            WHERE k.region_code = a.region_code AND k.year = a.year AND k.funding_source = a.funding_source
        ), 0)
    END AS spent_idr
FROM anggaran a
UNION ALL
SELECT region_code, CAST(year AS INTEGER), funding_source, NULL, NULL, CAST(sum(paid_idr) AS BIGINT)
FROM known
WHERE funding_source IN (SELECT funding_source FROM dim_funding_source WHERE is_government)
  AND (region_code, year, funding_source) NOT IN (SELECT (region_code, year, funding_source) FROM anggaran)
GROUP BY region_code, year, funding_source
