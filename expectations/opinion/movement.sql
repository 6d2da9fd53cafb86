-- mart.fact_movement of $month as of $as_of: what became of each person of a region, seen from the whole nation.
WITH scope(segment, members) AS (VALUES ('PU', 1), ('BPU', 2), ('JAKON', 4), ('PMI', 8), ('UCJ', 7), ('ALL', 15)),
day(version_before) AS (
    SELECT max(as_of_date) FROM membership_versions WHERE month = $month - INTERVAL 1 MONTH AND as_of_date <= $as_of
),
fates AS (
    SELECT
        p.basis, p.region_code, s.segment, p.persons,
        CASE
            WHEN now & members = 0 THEN NULL
            WHEN before & members <> 0 THEN 'stayed'
            WHEN before_anywhere & members <> 0 THEN 'moved in'
            WHEN earlier_anywhere & members <> 0 THEN 'returned'
            ELSE 'joined'
        END AS arrival,
        CASE
            WHEN before & members = 0 THEN NULL
            WHEN now & members <> 0 THEN 'still here'
            WHEN now_anywhere & members <> 0 THEN 'moved out'
            ELSE 'left'
        END AS departure
    FROM person p
    CROSS JOIN scope s
)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, basis, segment,
    version_before AS previous_as_of_date,
    CAST(coalesce(sum(persons) FILTER (departure IS NOT NULL), 0) AS BIGINT) AS previous_workers,
    CAST(coalesce(sum(persons) FILTER (arrival = 'joined'), 0) AS BIGINT) AS joined_workers,
    CAST(coalesce(sum(persons) FILTER (arrival = 'returned'), 0) AS BIGINT) AS returned_workers,
    CAST(coalesce(sum(persons) FILTER (arrival = 'moved in'), 0) AS BIGINT) AS moved_in_workers,
    CAST(coalesce(sum(persons) FILTER (departure = 'left'), 0) AS BIGINT) AS left_workers,
    CAST(coalesce(sum(persons) FILTER (departure = 'moved out'), 0) AS BIGINT) AS moved_out_workers,
    CAST(coalesce(sum(persons) FILTER (arrival IS NOT NULL), 0) AS BIGINT) AS active_workers
FROM fates
CROSS JOIN day
WHERE version_before IS NOT NULL AND (arrival IS NOT NULL OR departure IS NOT NULL)
GROUP BY region_code, basis, segment, version_before
