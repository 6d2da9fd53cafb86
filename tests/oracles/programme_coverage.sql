-- mart.fact_programme_coverage of $month as of $as_of.
WITH scope(segment, member) AS (
    VALUES ('PU', 'PU'), ('BPU', 'BPU'), ('JAKON', 'JAKON'), ('PMI', 'PMI'),
           ('UCJ', 'PU'), ('UCJ', 'BPU'), ('UCJ', 'JAKON'),
           ('ALL', 'PU'), ('ALL', 'BPU'), ('ALL', 'JAKON'), ('ALL', 'PMI')
),
programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
placed AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS regency, * FROM in_force WHERE month = $month
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, * FROM in_force WHERE month = $month AND workplace_code IS NOT NULL
)
SELECT
    area.code AS region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date,
    p.basis, s.segment, g.programme,
    count(DISTINCT p.worker_key) AS active_workers
FROM placed p
JOIN scope s ON s.member = p.segment
JOIN programme g ON (CAST(p.programmes AS INTEGER) & g.bit) > 0
CROSS JOIN LATERAL (SELECT unnest([p.regency, split_part(p.regency, '.', 1), '00']) AS code) area
GROUP BY ALL
