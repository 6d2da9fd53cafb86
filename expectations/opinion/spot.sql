-- Where each person was in force: one row per person, regency of residence and of work. `held` is nine sets of segments
-- (PU 1, BPU 2, JAKON 4, PMI 8), each a hexadecimal digit, from the lowest: held now, now as a vulnerable worker, the month before,
-- in any month before that, and now with each programme, JKK, JKM, JHT, JP, JKP.
-- The past beyond the month before is looked up for those alone who hold something now that they did not hold the month before.
WITH segment(segment, bit) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8)),
programmes(programmes, digits) AS (
    SELECT p, CAST((p & 1) + 16 * (p >> 1 & 1) + 256 * (p >> 2 & 1) + 4096 * (p >> 3 & 1) + 65536 * (p >> 4 & 1) AS BIGINT)
    FROM range(32) r(p)
),
now AS (
    SELECT
        f.worker_key, f.residence_code, f.workplace_code,
        s.bit * (1 + CASE WHEN f.is_vulnerable THEN 16 ELSE 0 END + 65536 * p.digits) AS held
    FROM in_force f
    JOIN segment s USING (segment)
    LEFT JOIN programmes p USING (programmes)
    WHERE hash(f.worker_key) BETWEEN $first AND $last
),
before AS (
    SELECT t.worker_key, t.residence_code, t.workplace_code, CAST(256 * s.bit AS BIGINT) AS held
    FROM ever_in_force t
    JOIN segment s USING (segment)
    WHERE t.month = $month - INTERVAL 1 MONTH AND hash(t.worker_key) BETWEEN $first AND $last
),
recent AS (
    SELECT worker_key, residence_code, workplace_code, bit_or(held) AS held
    FROM (FROM now UNION ALL FROM before)
    GROUP BY worker_key, residence_code, workplace_code
),
newcomer AS (SELECT DISTINCT worker_key FROM recent WHERE held & ~(held >> 8) & 15 <> 0),
past AS (
    SELECT t.worker_key, t.residence_code, t.workplace_code, s.bit AS segments
    FROM ever_in_force t
    JOIN segment s USING (segment)
    WHERE t.month < $month - INTERVAL 1 MONTH
    UNION ALL
    FROM past_places
),
earlier AS (
    SELECT p.worker_key, p.residence_code, p.workplace_code, bit_or(CAST(4096 * p.segments AS BIGINT)) AS held
    FROM past p
    SEMI JOIN newcomer n ON n.worker_key = p.worker_key
    GROUP BY p.worker_key, p.residence_code, p.workplace_code
)
FROM recent UNION ALL FROM earlier
