-- What every account owes on $as_of for each month whose due date is past: its debt after the bill of the month less its
-- debt before it, where all that it ever paid, in any month known on $as_of, is taken off the bills from the oldest on.
WITH account AS (
    SELECT
        i.employer_key, coalesce(i.employer_key, hex(i.membership_key)) AS payer,
        i.region_code, i.segment, i.programme, i.funding_source, i.month, i.billed_idr, i.paid_idr
    FROM iuran i
    WHERE i.as_of_date = (SELECT max(o.as_of_date) FROM iuran o WHERE o.month = i.month AND o.as_of_date <= $as_of)
),
billed AS (SELECT DISTINCT * EXCLUDE (billed_idr, paid_idr) FROM account),
debt AS (
    SELECT
        b.*,
        sum(CASE WHEN a.month <= b.month THEN a.billed_idr ELSE 0 END) - sum(a.paid_idr) AS after_bill,
        sum(CASE WHEN a.month < b.month THEN a.billed_idr ELSE 0 END) - sum(a.paid_idr) AS before_bill
    FROM billed b
    JOIN account a USING (payer, region_code, segment, programme, funding_source)
    GROUP BY ALL
)
SELECT d.* EXCLUDE (after_bill, before_bill), greatest(after_bill, 0) - greatest(before_bill, 0) AS amount
FROM debt d
JOIN dim_month m ON m.month = d.month
WHERE m.due_date < $as_of AND greatest(after_bill, 0) > greatest(before_bill, 0)
