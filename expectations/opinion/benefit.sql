-- mart.fact_benefit of $month as of $as_of: the month is that of the payment.
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, programme, benefit_type,
    count(DISTINCT claim_no) AS cases,
    CAST(sum(paid_idr) AS BIGINT) AS paid_idr
FROM klaim
WHERE year(paid_date) = year(CAST($month AS DATE)) AND month(paid_date) = month(CAST($month AS DATE)) AND as_of_date = $as_of
GROUP BY region_code, programme, benefit_type
