-- What the bills of $month leave owed.
SELECT region_code, segment, programme, funding_source, CAST(sum(amount) AS BIGINT) AS owed_idr
FROM arrears
WHERE month = $month
GROUP BY region_code, segment, programme, funding_source
