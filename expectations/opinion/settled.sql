-- What the payers of $month owe and what they were billed, by cause: every membership without employer is a payer by itself unless
-- a bill names its number. Payers are judged one by one, so those of any part can be added to those of the others.
WITH side AS NOT MATERIALIZED (
    SELECT
        payer, region_code, segment, programme, funding_source,
        memberships AS n, due, payable, earlier_due, earlier_payable, blind, earlier_blind, 0 AS billed
    FROM due
    WHERE payer IS NOT NULL AND hash(payer) BETWEEN $first AND $last
    UNION ALL
    SELECT coalesce(encode(employer_key), membership_key), region_code, segment, programme, funding_source, 0, 0, 0, 0, 0, 0, 0, billed_idr
    FROM iuran
    WHERE month = $month AND as_of_date = $as_of AND hash(coalesce(encode(employer_key), membership_key)) BETWEEN $first AND $last
),
everywhere AS (
    SELECT
        payer, segment, programme, funding_source, min(region_code) AS region_code, min(region_code) < max(region_code) AS is_scattered,
        CAST(sum(n) AS BIGINT) AS n, CAST(coalesce(sum(due), 0) AS BIGINT) AS due, CAST(sum(billed) AS BIGINT) AS billed,
        CAST(coalesce(sum(payable), 0) AS BIGINT) AS payable, CAST(coalesce(sum(earlier_due), 0) AS BIGINT) AS earlier_due,
        CAST(coalesce(sum(earlier_payable), 0) AS BIGINT) AS earlier_payable,
        CAST(sum(blind) AS BIGINT) AS blind, CAST(sum(earlier_blind) AS BIGINT) AS earlier_blind
    FROM side
    GROUP BY payer, segment, programme, funding_source
),
regional AS (
    SELECT
        payer, region_code, segment, programme, funding_source,
        sum(n) AS n, coalesce(sum(due), 0) AS due, sum(billed) AS billed, coalesce(sum(payable), 0) AS payable,
        coalesce(sum(earlier_due), 0) AS earlier_due, coalesce(sum(earlier_payable), 0) AS earlier_payable,
        sum(earlier_blind) AS earlier_blind
    FROM side
    SEMI JOIN (FROM everywhere WHERE is_scattered) e USING (payer, segment, programme, funding_source)
    GROUP BY payer, region_code, segment, programme, funding_source
),
agreeing AS (
    SELECT payer, segment, programme, funding_source, bool_and(abs(billed - due) < greatest(n, 1)) AS agrees_here
    FROM regional
    GROUP BY payer, segment, programme, funding_source
),
cause AS (
    SELECT
        *,
        CASE
            WHEN blind > 0 THEN 'UNKNOWN_CLASS'
            WHEN coalesce(agrees_here, NOT is_scattered AND abs(billed - due) < greatest(n, 1)) THEN 'AGREES'
            WHEN abs(billed - due) < greatest(n, 1) THEN 'OTHER_REGENCY'
            WHEN n = 0 THEN 'NO_MEMBERSHIP'
            WHEN billed = 0 THEN 'NOT_BILLED'
            WHEN abs(billed - payable) < n THEN 'STATE_SHARE'
            WHEN earlier_blind = 0 AND least(abs(billed - earlier_due), abs(billed - earlier_payable)) < n THEN 'RULE_CHANGE'
            WHEN billed < due THEN 'UNDER_BILLED'
            ELSE 'OVER_BILLED'
        END AS cause
    FROM everywhere
    LEFT JOIN agreeing USING (payer, segment, programme, funding_source)
),
judged AS (
    SELECT region_code, segment, programme, funding_source, cause, 1 AS payers, n, due, billed, payable, earlier_due, earlier_payable, earlier_blind
    FROM cause
    WHERE NOT is_scattered
    UNION ALL
    SELECT
        r.region_code, segment, programme, funding_source, c.cause, 1, r.n, r.due, r.billed, r.payable, r.earlier_due, r.earlier_payable,
        r.earlier_blind
    FROM regional r
    JOIN (FROM cause WHERE is_scattered) c USING (payer, segment, programme, funding_source)
    UNION ALL
    SELECT
        region_code, segment, programme, funding_source,
        CASE WHEN blind > 0 THEN 'UNKNOWN_CLASS' WHEN own_due = 0 THEN 'AGREES' ELSE 'NOT_BILLED' END,
        memberships, memberships, coalesce(due, 0), 0, coalesce(payable, 0), coalesce(earlier_due, 0), coalesce(earlier_payable, 0), earlier_blind
    FROM due
    WHERE payer IS NULL AND $first = 0
)
SELECT
    region_code, segment, programme, funding_source, cause,
    sum(payers) AS payers, sum(n) AS n, sum(due) AS due, sum(billed) AS billed, sum(payable) AS payable,
    sum(earlier_due) AS earlier_due, sum(earlier_payable) AS earlier_payable, sum(earlier_blind) AS earlier_blind
FROM judged
GROUP BY region_code, segment, programme, funding_source, cause
