-- Every row of contributions as known on $as_of, each month in its newest delivery; the payer is the employer, else the membership.
WITH newest AS (SELECT month, max(as_of_date) AS as_of_date FROM contribution_versions WHERE as_of_date <= $as_of GROUP BY month)
SELECT
    coalesce(encode(employer_key), membership_key) AS payer, employer_key, region_code, segment, programme, funding_source,
    month, billed_idr, paid_idr, paid_date
FROM iuran
JOIN newest USING (month, as_of_date)
UNION ALL
FROM past_receipts
