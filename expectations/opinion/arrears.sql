-- What every account owes on $as_of for each month whose due date is past: its debt after the bill of the month less its
-- debt before it, where all that it ever paid, in any month known on $as_of, is taken off the bills from the oldest on.
WITH bill AS (
    SELECT
        account, payer, any_value(employer_key) AS employer_key, region_code, segment, programme, funding_source, month,
        sum(billed_idr) AS billed, sum(paid_idr) AS paid
    FROM account
    WHERE hash(account) BETWEEN $first AND $last
    GROUP BY account, payer, region_code, segment, programme, funding_source, month
),
debt AS (
    SELECT
        *,
        sum(billed) OVER (PARTITION BY account ORDER BY month) - sum(paid) OVER (PARTITION BY account) AS after_bill,
        after_bill - billed AS before_bill
    FROM bill
)
SELECT
    payer, employer_key, region_code, segment, programme, funding_source, d.month,
    greatest(after_bill, 0) - greatest(before_bill, 0) AS amount
FROM debt d
JOIN dim_month m ON m.month = d.month
WHERE m.due_date < $as_of AND greatest(after_bill, 0) > greatest(before_bill, 0)
