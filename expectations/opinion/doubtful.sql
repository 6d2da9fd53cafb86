-- What the doubtful payers of `total` owe and were billed in each of their places.
SELECT
    payer, region_code, segment, programme, funding_source,
    CAST(sum(n) AS BIGINT) AS n, CAST(coalesce(sum(due), 0) AS BIGINT) AS due, CAST(sum(billed) AS BIGINT) AS billed,
    CAST(coalesce(sum(payable), 0) AS BIGINT) AS payable, CAST(coalesce(sum(earlier_due), 0) AS BIGINT) AS earlier_due,
    CAST(coalesce(sum(earlier_payable), 0) AS BIGINT) AS earlier_payable,
    CAST(sum(blind) AS BIGINT) AS blind, CAST(sum(earlier_blind) AS BIGINT) AS earlier_blind
FROM side
SEMI JOIN (FROM total WHERE is_doubtful AND hash(payer) BETWEEN $first AND $last) t USING (payer, segment, programme, funding_source)
WHERE hash(payer) BETWEEN $first AND $last
GROUP BY payer, region_code, segment, programme, funding_source
