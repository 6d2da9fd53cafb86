-- What was billed to each employer and paid by it, by account and month.
SELECT
    employer_key AS npp, region_code, segment, programme, funding_source, month,
    CAST(sum(billed_idr) AS BIGINT) AS billed, CAST(sum(paid_idr) AS BIGINT) AS paid
FROM receipt
WHERE employer_key IS NOT NULL
GROUP BY ALL
