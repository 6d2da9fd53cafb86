-- All that was ever billed up to $month, in how many rows.
SELECT region_code, segment, programme, funding_source, count(*) AS bills
FROM receipt
WHERE month <= $month
GROUP BY region_code, segment, programme, funding_source
