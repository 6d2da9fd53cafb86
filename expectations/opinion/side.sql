-- What payers owe, and what they were billed, in $month: every membership without employer is a payer by itself unless a bill names
-- its number; those that no bill names are left out.
SELECT
    payer, region_code, segment, programme, funding_source,
    memberships AS n, due, payable, earlier_due, earlier_payable, blind, earlier_blind, 0 AS billed
FROM due
WHERE payer IS NOT NULL
UNION ALL
SELECT coalesce(encode(employer_key), membership_key), region_code, segment, programme, funding_source, 0, 0, 0, 0, 0, 0, 0, billed_idr
FROM iuran
WHERE month = $month AND as_of_date = $as_of
