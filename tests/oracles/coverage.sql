-- mart.fact_coverage of $month as of $as_of: one row per person, region and scope first, counted afterwards.
WITH scope(segment, member) AS (
    VALUES ('PU', 'PU'), ('BPU', 'BPU'), ('JAKON', 'JAKON'), ('PMI', 'PMI'),
           ('UCJ', 'PU'), ('UCJ', 'BPU'), ('UCJ', 'JAKON'),
           ('ALL', 'PU'), ('ALL', 'BPU'), ('ALL', 'JAKON'), ('ALL', 'PMI')
),
placed AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS regency, month, worker_key, segment, is_vulnerable FROM in_force
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, month, worker_key, segment, is_vulnerable FROM in_force WHERE workplace_code IS NOT NULL
),
levelled AS (
    SELECT basis, regency AS region_code, month, worker_key, segment, is_vulnerable FROM placed
    UNION ALL
    SELECT basis, split_part(regency, '.', 1), month, worker_key, segment, is_vulnerable FROM placed
    UNION ALL
    SELECT basis, '00', month, worker_key, segment, is_vulnerable FROM placed
),
person AS (
    SELECT
        l.basis, l.region_code, s.segment, l.worker_key,
        bool_or(l.month = $month) AS is_now,
        bool_or(l.month = $month AND l.is_vulnerable) AS is_vulnerable_now,
        bool_or(l.month = $month - INTERVAL 1 MONTH) AS was_before,
        bool_or(l.month < $month - INTERVAL 1 MONTH) AS was_earlier
    FROM levelled l
    JOIN scope s ON s.member = l.segment
    GROUP BY ALL
),
counted AS (
    SELECT
        basis, region_code, segment,
        count(*) FILTER (is_now) AS active_workers,
        count(*) FILTER (is_vulnerable_now) AS vulnerable_workers,
        count(*) FILTER (is_now AND NOT was_before AND NOT was_earlier) AS joined_workers,
        count(*) FILTER (is_now AND NOT was_before AND was_earlier) AS returned_workers,
        count(*) FILTER (was_before AND NOT is_now) AS left_workers
    FROM person
    GROUP BY basis, region_code, segment
    HAVING count(*) FILTER (is_now OR was_before) > 0
),
release AS (
    SELECT
        region_code, source, period, employed_workers - excluded_workers AS eligible,
        row_number() OVER (PARTITION BY region_code ORDER BY period DESC, released_on DESC, source DESC) AS place
    FROM penduduk_bekerja
    WHERE period <= strftime($month, '%Y-%m') AND released_on <= $as_of
),
denominator AS (
    SELECT
        area.region_code,
        CASE WHEN count(*) = count(r.eligible) THEN sum(r.eligible) END AS eligible_workers,
        CASE WHEN count(*) > count(r.eligible) THEN NULL
             WHEN min(r.source) = max(r.source) THEN min(r.source) ELSE 'MIXED' END AS workforce_source,
        CASE WHEN count(*) = count(r.eligible) THEN min(r.period) END AS workforce_period
    FROM dim_region area
    JOIN dim_region regency
      ON regency.level = 'regency'
     AND (area.region_code = '00' OR area.region_code IN (regency.region_code, regency.province_code))
    LEFT JOIN release r ON r.region_code = regency.region_code AND r.place = 1
    GROUP BY area.region_code
),
past AS (SELECT count(*) > 0 AS is_known FROM kepesertaan WHERE month = $month - INTERVAL 1 MONTH AND as_of_date <= $as_of)
SELECT
    c.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, c.basis, c.segment,
    c.active_workers, c.vulnerable_workers,
    CASE WHEN past.is_known THEN c.joined_workers END AS joined_workers,
    CASE WHEN past.is_known THEN c.returned_workers END AS returned_workers,
    CASE WHEN past.is_known THEN c.left_workers END AS left_workers,
    CAST(d.eligible_workers AS BIGINT) AS eligible_workers, d.workforce_source, d.workforce_period
FROM counted c
CROSS JOIN past
LEFT JOIN denominator d ON d.region_code = c.region_code
