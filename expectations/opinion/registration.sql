-- mart.fact_registration of $month as of $as_of: every sheet of the month up to that day, person by person.
WITH seat AS (
    SELECT npp, min(region_code) AS region_code
    FROM badan_usaha
    WHERE as_of_date = (SELECT max(as_of_date) FROM employer_versions WHERE as_of_date <= $as_of) AND npp IS NOT NULL
    GROUP BY npp
    HAVING min(region_code) = max(region_code)
),
asked AS (
    SELECT t.worker_key, t.employer_key, coalesce(t.region_code, seat.region_code) AS regency
    FROM tk_baru t
    LEFT JOIN seat ON seat.npp = t.employer_key
    WHERE date_trunc('month', t.as_of_date) = CAST($month AS DATE) AND t.as_of_date <= $as_of
),
levelled AS (
    SELECT worker_key, employer_key, regency AS region_code FROM asked WHERE regency IS NOT NULL
    UNION ALL
    SELECT worker_key, employer_key, split_part(regency, '.', 1) FROM asked WHERE regency IS NOT NULL
    UNION ALL
    SELECT worker_key, employer_key, '00' FROM asked
),
known AS (SELECT count(*) > 0 AS is_known FROM membership_versions WHERE month = $month AND as_of_date <= $as_of),
member AS (SELECT worker_key, employer_key FROM in_force)
SELECT
    l.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date,
    count(DISTINCT l.employer_key) AS registering_employers,
    count(DISTINCT l.worker_key) AS registered_workers,
    CASE WHEN any_value(known.is_known) THEN
        count(DISTINCT l.worker_key) FILTER (l.worker_key IN (SELECT worker_key FROM member))
    END AS member_workers,
    CASE WHEN any_value(known.is_known) THEN
        count(DISTINCT l.worker_key) FILTER (
            EXISTS (SELECT 1 FROM member m WHERE m.worker_key = l.worker_key AND m.employer_key = l.employer_key)
        )
    END AS employer_member_workers
FROM levelled l
CROSS JOIN known
GROUP BY l.region_code
