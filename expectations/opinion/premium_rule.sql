-- mart.fact_premium_rule of $month as of $as_of.
WITH law AS (SELECT DISTINCT rule, rules, confidence FROM price)
SELECT
    d.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, d.segment, d.programme, d.funding_source,
    l.rules, any_value(l.confidence) AS confidence, CAST(sum(d.memberships) AS BIGINT) AS memberships, CAST(sum(d.due) AS BIGINT) AS due_idr
FROM due d
JOIN law l USING (rule)
GROUP BY d.region_code, d.segment, d.programme, d.funding_source, l.rules
