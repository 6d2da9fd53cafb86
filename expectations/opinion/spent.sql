-- What was paid in each year, regency and from each source, each month in its newest delivery known on $as_of.
WITH newest AS (SELECT month, max(as_of_date) AS as_of_date FROM contribution_versions WHERE as_of_date <= $as_of GROUP BY month),
paid AS (
    SELECT year(month) AS year, region_code, funding_source, paid_idr
    FROM iuran
    JOIN newest USING (month, as_of_date)
    UNION ALL
    FROM past_spending
)
SELECT year, region_code, funding_source, CAST(sum(paid_idr) AS BIGINT) AS spent_idr FROM paid GROUP BY year, region_code, funding_source
