-- The accounts that may owe something or have a fine for $month. One whose payments reach all of its bills, and of which none
-- came after the due date of $month, has neither.
SELECT payer, region_code, segment, programme, funding_source
FROM receipt
WHERE hash(payer) BETWEEN $first AND $last
GROUP BY payer, region_code, segment, programme, funding_source
HAVING sum(greatest(billed_idr, 0)) > sum(paid_idr)
    OR least(min(billed_idr), min(paid_idr)) < 0
    OR max(paid_date) > (SELECT due_date FROM dim_month WHERE month = $month)
