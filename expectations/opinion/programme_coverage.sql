-- mart.fact_programme_coverage of $month as of $as_of.
WITH scope(segment, members) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8), ('UCJ', 7), ('ALL', 15)),
held AS (
    SELECT basis, region_code, persons, unnest(['JKK', 'JKM', 'JHT', 'JP', 'JKP']) AS programme, unnest([jkk, jkm, jht, jp, jkp]) AS holders
    FROM person
)
SELECT
    h.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, h.basis, s.segment, h.programme,
    CAST(sum(h.persons) AS BIGINT) AS active_workers
FROM held h
JOIN scope s ON h.holders & s.members <> 0
GROUP BY h.region_code, h.basis, s.segment, h.programme
