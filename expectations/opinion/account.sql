-- The rows of the accounts of `suspect`; `account` is their number.
WITH numbered AS (SELECT row_number() OVER () AS account, * FROM suspect)
SELECT account, r.*
FROM receipt r
JOIN numbered USING (payer, region_code, segment, programme, funding_source)
