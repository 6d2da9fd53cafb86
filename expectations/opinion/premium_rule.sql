-- mart.fact_premium_rule of $month as of $as_of.
SELECT
    residence_code AS region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source,
    rules, any_value(confidence) AS confidence, count(*) AS memberships, CAST(sum(due) AS BIGINT) AS due_idr
FROM due
GROUP BY residence_code, segment, programme, funding_source, rules
