-- mart.fact_premium_difference of $month as of $as_of.
WITH cause AS (
    SELECT
        region_code, segment, programme, funding_source, cause,
        sum(payers) AS payers, sum(n) AS n, sum(due) AS due, sum(billed) AS billed, sum(payable) AS payable,
        sum(earlier_due) AS earlier_due, sum(earlier_payable) AS earlier_payable, sum(earlier_blind) AS earlier_blind
    FROM settled
    GROUP BY region_code, segment, programme, funding_source, cause
),
rest AS (
    SELECT
        region_code, segment, programme, funding_source, count(*) AS kinds, sum(n) AS n, sum(due) AS due, sum(billed) AS billed,
        sum(payable) AS payable, sum(earlier_due) AS earlier_due, sum(earlier_payable) AS earlier_payable, sum(earlier_blind) AS earlier_blind
    FROM cause
    WHERE cause IN ('NOT_BILLED', 'NO_MEMBERSHIP')
    GROUP BY region_code, segment, programme, funding_source
),
found AS (
    SELECT s.region_code, s.segment, s.programme, s.funding_source, s.cause, s.payers, s.due, s.billed
    FROM cause s
    LEFT JOIN rest r USING (region_code, segment, programme, funding_source)
    WHERE s.cause NOT IN ('NOT_BILLED', 'NO_MEMBERSHIP') OR r.kinds = 1
    UNION ALL
    SELECT
        region_code, segment, programme, funding_source,
        CASE
            WHEN abs(billed - due) < greatest(n, 1) THEN 'AGREES'
            WHEN n = 0 THEN 'NO_MEMBERSHIP'
            WHEN billed = 0 THEN 'NOT_BILLED'
            WHEN abs(billed - payable) < n THEN 'STATE_SHARE'
            WHEN earlier_blind = 0 AND least(abs(billed - earlier_due), abs(billed - earlier_payable)) < n THEN 'RULE_CHANGE'
            WHEN billed < due THEN 'UNDER_BILLED'
            ELSE 'OVER_BILLED'
        END,
        1, due, billed
    FROM rest
    WHERE kinds = 2
)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source, cause,
    CAST(sum(payers) AS BIGINT) AS payers, CAST(sum(due) AS BIGINT) AS due_idr, CAST(sum(billed) AS BIGINT) AS billed_idr
FROM found
GROUP BY region_code, segment, programme, funding_source, cause
