-- mart.fact_premium_rule of $month as of $as_of.
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source, rules,
    any_value(confidence) AS confidence, CAST(sum(memberships) AS BIGINT) AS memberships,
    CASE WHEN sum(blind) < sum(memberships) THEN CAST(sum(due) AS BIGINT) END AS due_idr
FROM due_by_rule
GROUP BY region_code, segment, programme, funding_source, rules
