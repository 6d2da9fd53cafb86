-- mart.fact_premium_difference of $month as of $as_of: every membership without employer is a payer by itself unless a bill
-- names its number.
WITH bill AS (
    SELECT coalesce(employer_key, hex(membership_key)) AS payer, region_code, segment, programme, funding_source, billed_idr
    FROM iuran
    WHERE month = $month AND as_of_date = $as_of
),
named AS (SELECT DISTINCT membership_key FROM iuran WHERE month = $month AND as_of_date = $as_of AND employer_key IS NULL),
side AS (
    SELECT
        coalesce(d.employer_key, hex(n.membership_key), 'row ' || d.row_id) AS payer, d.residence_code AS region_code, d.segment, d.programme, d.funding_source,
        1 AS memberships, due, payable, earlier_due, earlier_payable, 0 AS billed
    FROM due d
    LEFT JOIN named n ON n.membership_key = d.membership_key
    UNION ALL
    SELECT payer, region_code, segment, programme, funding_source, 0, 0, 0, 0, 0, billed_idr FROM bill
),
regional AS (
    SELECT
        payer, region_code, segment, programme, funding_source,
        sum(memberships) AS n, coalesce(sum(due), 0) AS due, sum(billed) AS billed,
        coalesce(sum(payable), 0) AS payable, coalesce(sum(earlier_due), 0) AS earlier_due, coalesce(sum(earlier_payable), 0) AS earlier_payable,
        count(*) - count(due) AS blind, count(*) - count(earlier_due) AS earlier_blind
    FROM side
    GROUP BY payer, region_code, segment, programme, funding_source
),
everywhere AS (
    SELECT
        payer, segment, programme, funding_source,
        bool_and(abs(billed - due) < greatest(n, 1)) AS agrees_here, sum(n) AS n, sum(due) AS due, sum(billed) AS billed,
        sum(payable) AS payable, sum(earlier_due) AS earlier_due, sum(earlier_payable) AS earlier_payable,
        sum(blind) AS blind, sum(earlier_blind) AS earlier_blind
    FROM regional
    GROUP BY payer, segment, programme, funding_source
),
judged AS (
    SELECT
        r.*,
        CASE
            WHEN e.blind > 0 THEN 'UNKNOWN_CLASS'
            WHEN e.agrees_here THEN 'AGREES'
            WHEN abs(e.billed - e.due) < greatest(e.n, 1) THEN 'OTHER_REGENCY'
            WHEN e.n = 0 THEN 'NO_MEMBERSHIP'
            WHEN e.billed = 0 THEN 'NOT_BILLED'
            WHEN abs(e.billed - e.payable) < e.n THEN 'STATE_SHARE'
            WHEN e.earlier_blind = 0 AND least(abs(e.billed - e.earlier_due), abs(e.billed - e.earlier_payable)) < e.n THEN 'RULE_CHANGE'
            WHEN e.billed < e.due THEN 'UNDER_BILLED'
            ELSE 'OVER_BILLED'
        END AS cause
    FROM regional r
    JOIN everywhere e USING (payer, segment, programme, funding_source)
),
rest AS (
    SELECT
        region_code, segment, programme, funding_source, count(DISTINCT cause) AS kinds, sum(n) AS n, sum(due) AS due, sum(billed) AS billed,
        sum(payable) AS payable, sum(earlier_due) AS earlier_due, sum(earlier_payable) AS earlier_payable, sum(earlier_blind) AS earlier_blind
    FROM judged
    WHERE cause IN ('NOT_BILLED', 'NO_MEMBERSHIP')
    GROUP BY region_code, segment, programme, funding_source
),
settled AS (
    SELECT j.region_code, j.segment, j.programme, j.funding_source, j.cause, j.due, j.billed
    FROM judged j
    LEFT JOIN rest r USING (region_code, segment, programme, funding_source)
    WHERE j.cause NOT IN ('NOT_BILLED', 'NO_MEMBERSHIP') OR r.kinds = 1
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
        due, billed
    FROM rest
    WHERE kinds = 2
)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source, cause,
    count(*) AS payers, CAST(sum(due) AS BIGINT) AS due_idr, CAST(sum(billed) AS BIGINT) AS billed_idr
FROM settled
GROUP BY region_code, segment, programme, funding_source, cause
