-- mart.fact_arrears of $month as of $as_of: what is overdue by its class; and a row of every class, saying zero, for all that was
-- ever billed up to $month.
SELECT
    b.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, b.segment, b.programme, b.funding_source,
    c.arrears_class, coalesce(o.accounts, 0) AS accounts, coalesce(o.arrears_idr, 0) AS arrears_idr
FROM ever_billed b
CROSS JOIN arrears_class c
LEFT JOIN overdue o
  ON o.region_code = b.region_code AND o.segment = b.segment AND o.programme = b.programme AND o.funding_source = b.funding_source
 AND o.arrears_class = c.arrears_class
