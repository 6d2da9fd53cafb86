-- What the payers of $month owe and what they were billed, by cause. A payer that no bill names is judged by itself. Payers are judged
-- one by one, so those of a part can be added to those of the others.
WITH whole AS (
    SELECT
        payer, segment, programme, funding_source, bool_and(abs(billed - due) < greatest(n, 1)) AS agrees_in_every_place,
        sum(n) AS n, sum(due) AS due, sum(billed) AS billed, sum(payable) AS payable, sum(earlier_due) AS earlier_due,
        sum(earlier_payable) AS earlier_payable, sum(blind) AS blind, sum(earlier_blind) AS earlier_blind
    FROM doubtful
    WHERE hash(payer) BETWEEN $first AND $last
    GROUP BY payer, segment, programme, funding_source
),
cause AS (
    SELECT
        payer, segment, programme, funding_source,
        CASE
            WHEN blind > 0 THEN 'UNKNOWN_CLASS'
            WHEN agrees_in_every_place THEN 'AGREES'
            WHEN abs(billed - due) < greatest(n, 1) THEN 'OTHER_REGENCY'
            WHEN n = 0 THEN 'NO_MEMBERSHIP'
            WHEN billed = 0 THEN 'NOT_BILLED'
            WHEN abs(billed - payable) < n THEN 'STATE_SHARE'
            WHEN earlier_blind = 0 AND least(abs(billed - earlier_due), abs(billed - earlier_payable)) < n THEN 'RULE_CHANGE'
            WHEN billed < due THEN 'UNDER_BILLED'
            ELSE 'OVER_BILLED'
        END AS cause
    FROM whole
),
judged AS (
    SELECT
        region_code, segment, programme, funding_source, 'AGREES' AS cause, 1 AS payers, n, due, billed,
        0 AS payable, 0 AS earlier_due, 0 AS earlier_payable, 0 AS earlier_blind
    FROM total
    WHERE NOT is_doubtful AND hash(payer) BETWEEN $first AND $last
    UNION ALL
    SELECT
        d.region_code, segment, programme, funding_source, c.cause, 1, d.n, d.due, d.billed, d.payable, d.earlier_due, d.earlier_payable,
        d.earlier_blind
    FROM doubtful d
    JOIN cause c USING (payer, segment, programme, funding_source)
    WHERE hash(payer) BETWEEN $first AND $last
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
