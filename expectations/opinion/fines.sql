-- Fines of $month as of $as_of. The bills of an account lie end to end, oldest first, and so do its payments, in the order
-- of their days; a payment settles of the bill of $month what the two stretches share. One without a day takes the due
-- date of its own month as its turn and raises no fine; what no payment reaches is late until $as_of.
WITH receipt AS (
    SELECT
        coalesce(i.employer_key, hex(i.membership_key)) AS payer, i.region_code, i.segment, i.programme, i.funding_source,
        i.month, i.billed_idr, i.paid_idr, i.paid_date, m.due_date AS own_due_date
    FROM iuran i
    LEFT JOIN dim_month m ON m.month = i.month
    WHERE i.as_of_date = (SELECT max(o.as_of_date) FROM iuran o WHERE o.month = i.month AND o.as_of_date <= $as_of)
),
bill AS (
    SELECT
        payer, region_code, segment, programme, funding_source,
        sum(CASE WHEN month < $month THEN billed_idr ELSE 0 END) AS begins,
        sum(CASE WHEN month <= $month THEN billed_idr ELSE 0 END) AS ends
    FROM receipt
    GROUP BY ALL
),
payment AS (
    SELECT
        payer, region_code, segment, programme, funding_source, paid_date,
        sum(paid_idr) OVER turns - paid_idr AS begins,
        sum(paid_idr) OVER turns AS ends
    FROM receipt
    WINDOW turns AS (
        PARTITION BY payer, region_code, segment, programme, funding_source
        ORDER BY coalesce(paid_date, own_due_date, DATE '9999-12-31'), paid_date IS NULL, paid_idr, month
        ROWS UNBOUNDED PRECEDING
    )
),
settled AS (
    SELECT b.*, p.paid_date AS until, least(b.ends, p.ends) - greatest(b.begins, p.begins) AS amount
    FROM bill b
    JOIN payment p USING (payer, region_code, segment, programme, funding_source)
    WHERE p.begins < b.ends AND b.begins < p.ends
),
late AS (
    SELECT payer, region_code, segment, programme, funding_source, until, amount FROM settled WHERE until IS NOT NULL
    UNION ALL
    SELECT
        b.payer, b.region_code, b.segment, b.programme, b.funding_source, CAST($as_of AS DATE),
        b.ends - b.begins - coalesce(
            (SELECT sum(s.amount) FROM settled s
              WHERE s.payer = b.payer AND s.region_code = b.region_code AND s.segment = b.segment
                AND s.programme = b.programme AND s.funding_source = b.funding_source),
            0
        )
    FROM bill b
),
counted AS (
    SELECT l.*, (SELECT count(*) FROM range(0, 1000) n(months) WHERE m.due_date + to_months(CAST(n.months AS INTEGER)) < l.until) AS months
    FROM late l
    JOIN dim_month m ON m.month = $month
),
fined AS (
    SELECT
        c.payer, c.region_code, c.segment, c.programme, c.funding_source,
        round(CAST(sum(c.amount * c.months) AS DECIMAL(28, 0)) * CAST(any_value(r.value) AS DECIMAL(9, 6)), 0) AS fine
    FROM counted c
    JOIN contribution_parameter r
      ON r.parameter = 'late_fine_rate' AND r.segment = c.segment
     AND $month BETWEEN r.effective_from AND coalesce(r.effective_to, DATE '9999-12-31')
    GROUP BY c.payer, c.region_code, c.segment, c.programme, c.funding_source
)
SELECT region_code, segment, programme, funding_source, CAST(sum(fine) AS BIGINT) AS fine_idr
FROM fined
GROUP BY region_code, segment, programme, funding_source
HAVING sum(fine) > 0
