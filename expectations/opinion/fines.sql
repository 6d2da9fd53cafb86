-- Fines of $month as of $as_of, of each part of the accounts. The bills of an account lie end to end, oldest first, and so do its payments, in the order
-- of their days; a payment settles of the bill of $month what the two stretches share. One without a day takes the due
-- date of its own month as its turn and raises no fine; what no payment reaches is late until $as_of.
WITH mine AS NOT MATERIALIZED (FROM account WHERE hash(account) BETWEEN $first AND $last),
bill AS (
    SELECT
        account, region_code, segment, programme, funding_source,
        sum(CASE WHEN month < $month THEN billed_idr ELSE 0 END) AS begins,
        sum(CASE WHEN month <= $month THEN billed_idr ELSE 0 END) AS ends
    FROM mine
    GROUP BY account, region_code, segment, programme, funding_source
),
payment AS (
    SELECT account, paid_date, sum(paid_idr) OVER turns - paid_idr AS begins, sum(paid_idr) OVER turns AS ends
    FROM mine a
    LEFT JOIN dim_month m ON m.month = a.month
    WINDOW turns AS (
        PARTITION BY account
        ORDER BY coalesce(paid_date, m.due_date, DATE '9999-12-31'), paid_date IS NULL, paid_idr, a.month
        ROWS UNBOUNDED PRECEDING
    )
),
settled AS (
    SELECT b.account, p.paid_date AS until, least(b.ends, p.ends) - greatest(b.begins, p.begins) AS amount
    FROM bill b
    JOIN payment p USING (account)
    WHERE p.begins < b.ends AND b.begins < p.ends
),
paid AS (SELECT account, sum(amount) AS amount FROM settled GROUP BY account),
late AS (
    SELECT account, until, amount FROM settled WHERE until IS NOT NULL
    UNION ALL
    SELECT b.account, CAST($as_of AS DATE), b.ends - b.begins - coalesce(p.amount, 0)
    FROM bill b
    LEFT JOIN paid p USING (account)
),
counted AS (
    SELECT l.*, (SELECT count(*) FROM range(0, 1000) n(months) WHERE m.due_date + to_months(CAST(n.months AS INTEGER)) < l.until) AS months
    FROM late l
    JOIN dim_month m ON m.month = $month
),
fined AS (
    SELECT
        b.account, b.region_code, b.segment, b.programme, b.funding_source,
        round(CAST(sum(c.amount * c.months) AS DECIMAL(28, 0)) * CAST(any_value(r.value) AS DECIMAL(9, 6)), 0) AS fine
    FROM counted c
    JOIN bill b USING (account)
    JOIN contribution_parameter r
      ON r.parameter = 'late_fine_rate' AND r.segment = b.segment
     AND $month BETWEEN r.effective_from AND coalesce(r.effective_to, DATE '9999-12-31')
    WHERE c.months > 0
    GROUP BY b.account, b.region_code, b.segment, b.programme, b.funding_source
)
SELECT region_code, segment, programme, funding_source, CAST(sum(fine) AS BIGINT) AS fine_idr
FROM fined
GROUP BY region_code, segment, programme, funding_source
