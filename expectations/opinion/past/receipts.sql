-- What was billed and paid until the end of $month, as far as a later month may ask for it. Where every account of a payer was paid
-- what it was billed, and nothing of it after the due date of $month, later bills are settled by later payments alone: such a
-- payer has one row left of each account, all of it in the last month that billed anything.
WITH mine AS (FROM receipt WHERE hash(payer) BETWEEN $first AND $last),
account AS (
    SELECT
        payer, employer_key, region_code, segment, programme, funding_source,
        coalesce(max(r.month) FILTER (billed_idr > 0), max(r.month)) AS month, sum(billed_idr) AS billed_idr, sum(paid_idr) AS paid_idr,
        max(coalesce(paid_date, m.due_date, DATE '9999-12-31')) AS last_paid
    FROM mine r
    LEFT JOIN dim_month m ON m.month = r.month
    GROUP BY payer, employer_key, region_code, segment, programme, funding_source
),
unsettled AS (
    SELECT DISTINCT payer
    FROM account
    WHERE billed_idr <> paid_idr OR (last_paid <= (SELECT due_date FROM dim_month WHERE month = $month)) IS NOT TRUE
)
SELECT payer, employer_key, region_code, segment, programme, funding_source, month, billed_idr, paid_idr, paid_date
FROM mine
SEMI JOIN unsettled USING (payer)
UNION ALL
SELECT payer, employer_key, region_code, segment, programme, funding_source, month, billed_idr, paid_idr, NULL
FROM account
ANTI JOIN unsettled USING (payer)
