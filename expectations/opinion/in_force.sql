-- Memberships in force in $month on the reference day.
SELECT
    worker_key, membership_key, employer_key, segment, sub_sector, CAST(programmes AS INTEGER) AS programmes, residence_code,
    workplace_code, wage_idr, start_date, end_date, funding_source, is_vulnerable, contract_value_idr, reference_day
FROM ever_in_force
WHERE month = $month
