-- mart.fact_budget as known on $as_of: budgets, and public sources that were billed without one.
SELECT
    region_code, CAST(year AS INTEGER) AS year, funding_source, budget_idr, budget_workers,
    CASE WHEN year IN (SELECT year FROM spent) THEN coalesce(spent_idr, 0) END AS spent_idr
FROM anggaran
LEFT JOIN spent USING (region_code, year, funding_source)
UNION ALL
SELECT region_code, CAST(year AS INTEGER), funding_source, NULL, NULL, spent_idr
FROM spent
ANTI JOIN anggaran USING (region_code, year, funding_source)
WHERE funding_source IN (SELECT funding_source FROM dim_funding_source WHERE is_government)
