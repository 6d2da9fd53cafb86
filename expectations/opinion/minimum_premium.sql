-- mart.fact_minimum_premium: the package of own-account workers in each of the twelve months of a year, added up.
WITH monthly AS (
    SELECT
        m.year, m.month,
        (SELECT CAST(p.value AS BIGINT) FROM contribution_parameter p
         WHERE p.parameter = 'bpu_minimum_package' AND m.month BETWEEN p.effective_from AND coalesce(p.effective_to, m.month)) AS package,
        (SELECT p.legal_ref FROM contribution_parameter p
         WHERE p.parameter = 'bpu_minimum_package' AND m.month BETWEEN p.effective_from AND coalesce(p.effective_to, m.month)) AS law
    FROM dim_month m
)
SELECT year, CAST(sum(package) AS BIGINT) AS yearly_premium_idr, string_agg(DISTINCT law, '; ' ORDER BY law) AS legal_reference
FROM monthly
GROUP BY year
HAVING count(package) = 12
