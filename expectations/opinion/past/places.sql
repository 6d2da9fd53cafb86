-- Where each person was ever in force until the end of $month: one row per person, regency of residence and of work, with the set of
-- segments of all those months (PU 1, BPU 2, JAKON 4, PMI 8).
WITH segment(segment, bit) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8)),
place AS (
    SELECT worker_key, residence_code, workplace_code, bit AS segments
    FROM ever_in_force
    JOIN segment USING (segment)
    UNION ALL
    FROM past_places
)
SELECT worker_key, residence_code, workplace_code, bit_or(segments) AS segments
FROM place
WHERE hash(worker_key) BETWEEN $first AND $last
GROUP BY worker_key, residence_code, workplace_code
