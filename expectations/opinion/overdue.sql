-- Who owes, and how much, of the bills up to $month, each in the class of its own age.
SELECT
    a.region_code, a.segment, a.programme, a.funding_source, c.arrears_class, count(DISTINCT a.payer) AS accounts,
    CAST(sum(a.amount) AS BIGINT) AS arrears_idr
FROM arrears a
JOIN arrears_class c
  ON (year($as_of) - year(a.month)) * 12 + month($as_of) - month(a.month) BETWEEN c.from_months AND coalesce(c.to_months, 100000)
WHERE a.month <= $month
GROUP BY a.region_code, a.segment, a.programme, a.funding_source, c.arrears_class
