-- mart.fact_coverage of $month as of $as_of.
WITH scope(segment, members) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8), ('UCJ', 7), ('ALL', 15)),
counted AS (
    SELECT
        p.basis, p.region_code, s.segment,
        coalesce(sum(p.persons) FILTER (now & members <> 0), 0) AS active_workers,
        coalesce(sum(p.persons) FILTER (vulnerable & members <> 0), 0) AS vulnerable_workers,
        coalesce(sum(p.persons) FILTER (now & members <> 0 AND before & members = 0 AND earlier & members = 0), 0) AS joined_workers,
        coalesce(sum(p.persons) FILTER (now & members <> 0 AND before & members = 0 AND earlier & members <> 0), 0) AS returned_workers,
        coalesce(sum(p.persons) FILTER (now & members = 0 AND before & members <> 0), 0) AS left_workers
    FROM person p
    JOIN scope s ON (p.now | p.before) & s.members <> 0
    GROUP BY p.basis, p.region_code, s.segment
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
past AS (SELECT count(*) > 0 AS is_known FROM membership_versions WHERE month = $month - INTERVAL 1 MONTH AND as_of_date <= $as_of)
SELECT
    c.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, c.basis, c.segment,
    CAST(c.active_workers AS BIGINT) AS active_workers, CAST(c.vulnerable_workers AS BIGINT) AS vulnerable_workers,
    CASE WHEN past.is_known THEN CAST(c.joined_workers AS BIGINT) END AS joined_workers,
    CASE WHEN past.is_known THEN CAST(c.returned_workers AS BIGINT) END AS returned_workers,
    CASE WHEN past.is_known THEN CAST(c.left_workers AS BIGINT) END AS left_workers,
    CAST(d.eligible_workers AS BIGINT) AS eligible_workers, d.workforce_source, d.workforce_period
FROM counted c
CROSS JOIN past
LEFT JOIN denominator d ON d.region_code = c.region_code
