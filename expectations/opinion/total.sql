-- What each payer of `side` owes and was billed, all places together. Most have one place and were billed what they owe; the others
-- are doubtful, and are looked at once more, place by place.
SELECT
    payer, segment, programme, funding_source, min(region_code) AS region_code, CAST(sum(n) AS BIGINT) AS n,
    CAST(coalesce(sum(due), 0) AS BIGINT) AS due, CAST(sum(billed) AS BIGINT) AS billed,
    min(region_code) < max(region_code) OR sum(blind) > 0 OR abs(sum(billed) - coalesce(sum(due), 0)) >= greatest(sum(n), 1) AS is_doubtful
FROM side
WHERE hash(payer) BETWEEN $first AND $last
GROUP BY payer, segment, programme, funding_source
