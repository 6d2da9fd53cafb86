-- Memberships without an employer that a bill of $month names.
SELECT DISTINCT membership_key FROM iuran WHERE month = $month AND as_of_date = $as_of AND employer_key IS NULL
