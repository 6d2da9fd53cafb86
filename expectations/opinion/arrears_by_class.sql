-- mart.fact_arrears of $month as of $as_of: the rows of `arrears` up to $month, each in the class of its own age; and a
-- row of every class, saying zero, for all that was ever billed up to $month.
WITH billed AS (
    SELECT DISTINCT region_code, segment, programme, funding_source
    FROM receipt
    WHERE month <= $month
),
aged AS (
    SELECT *, (year($as_of) - year(month)) * 12 + month($as_of) - month(month) AS age
    FROM arrears
    WHERE month <= $month
)
SELECT
    b.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date,
    b.segment, b.programme, b.funding_source, c.arrears_class,
    count(DISTINCT a.payer) AS accounts,
    CAST(coalesce(sum(a.amount), 0) AS BIGINT) AS arrears_idr
FROM billed b
CROSS JOIN arrears_class c
LEFT JOIN aged a
  ON a.region_code = b.region_code AND a.segment = b.segment AND a.programme = b.programme
 AND a.funding_source = b.funding_source AND a.age BETWEEN c.from_months AND coalesce(c.to_months, 100000)
GROUP BY b.region_code, b.segment, b.programme, b.funding_source, c.arrears_class
