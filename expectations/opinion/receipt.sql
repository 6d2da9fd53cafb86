-- Every row of contributions as known on $as_of, each month in its newest delivery; the payer is the employer, else the membership.
SELECT
    coalesce(encode(employer_key), membership_key) AS payer, employer_key, region_code, segment, programme, funding_source,
    month, billed_idr, paid_idr, paid_date
FROM iuran i
WHERE as_of_date = (SELECT max(o.as_of_date) FROM iuran o WHERE o.month = i.month AND o.as_of_date <= $as_of)
