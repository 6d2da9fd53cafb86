-- Where each person was in force: one row per basis, regency and person. Every other column is a set of segments (PU 1, BPU 2,
-- JAKON 4, PMI 8): held now, now as a vulnerable worker, now with each programme, the month before, in any month before that.
-- The past beyond the month before is looked up for those alone who hold something now that they did not hold the month before.
WITH segment(segment, bit) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8)),
here AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS region_code, worker_key, segment, is_vulnerable, programmes FROM in_force
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, worker_key, segment, is_vulnerable, programmes FROM in_force WHERE workplace_code IS NOT NULL
),
there AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS region_code, worker_key, segment, month FROM ever_in_force
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, worker_key, segment, month FROM ever_in_force WHERE workplace_code IS NOT NULL
),
now AS (
    SELECT
        h.basis, h.region_code, h.worker_key,
        bit_or(s.bit) AS now,
        bit_or(CASE WHEN h.is_vulnerable THEN s.bit ELSE 0 END) AS vulnerable,
        bit_or(CASE WHEN h.programmes & 1 > 0 THEN s.bit ELSE 0 END) AS jkk,
        bit_or(CASE WHEN h.programmes & 2 > 0 THEN s.bit ELSE 0 END) AS jkm,
        bit_or(CASE WHEN h.programmes & 4 > 0 THEN s.bit ELSE 0 END) AS jht,
        bit_or(CASE WHEN h.programmes & 8 > 0 THEN s.bit ELSE 0 END) AS jp,
        bit_or(CASE WHEN h.programmes & 16 > 0 THEN s.bit ELSE 0 END) AS jkp
    FROM here h
    JOIN segment s USING (segment)
    GROUP BY h.basis, h.region_code, h.worker_key
),
before AS (
    SELECT t.basis, t.region_code, t.worker_key, bit_or(s.bit) AS before
    FROM there t
    JOIN segment s USING (segment)
    WHERE t.month = $month - INTERVAL 1 MONTH
    GROUP BY t.basis, t.region_code, t.worker_key
),
newcomer AS (
    SELECT DISTINCT n.basis, n.worker_key
    FROM now n
    LEFT JOIN before b USING (basis, region_code, worker_key)
    WHERE n.now & ~coalesce(b.before, 0) <> 0
),
earlier AS (
    SELECT t.basis, t.region_code, t.worker_key, bit_or(s.bit) AS earlier
    FROM there t
    JOIN segment s USING (segment)
    SEMI JOIN newcomer n ON n.basis = t.basis AND n.worker_key = t.worker_key
    WHERE t.month < $month - INTERVAL 1 MONTH
    GROUP BY t.basis, t.region_code, t.worker_key
)
SELECT
    basis, region_code, worker_key,
    coalesce(now, 0) AS now, coalesce(vulnerable, 0) AS vulnerable, coalesce(before, 0) AS before, coalesce(earlier, 0) AS earlier,
    coalesce(jkk, 0) AS jkk, coalesce(jkm, 0) AS jkm, coalesce(jht, 0) AS jht, coalesce(jp, 0) AS jp, coalesce(jkp, 0) AS jkp
FROM now
FULL JOIN before USING (basis, region_code, worker_key)
FULL JOIN earlier USING (basis, region_code, worker_key)
