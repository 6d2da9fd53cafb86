-- mart.fact_movement of $month as of $as_of: where each person was in every month, then what became of each of them.
WITH day(version_before) AS (
    SELECT max(as_of_date) FROM kepesertaan WHERE month = $month - INTERVAL 1 MONTH AND as_of_date <= $as_of
),
placed AS (
    SELECT worker_key, month, segment, unnest(['RESIDENCE', 'WORKPLACE']) AS basis, unnest([residence_code, workplace_code]) AS regency
    FROM in_force
),
scoped AS (
    SELECT
        worker_key, month, basis, regency,
        unnest(CASE segment WHEN 'PMI' THEN ['PMI', 'ALL'] ELSE [segment, 'UCJ', 'ALL'] END) AS scope
    FROM placed
    WHERE regency IS NOT NULL
),
seen AS (SELECT DISTINCT worker_key, month, basis, scope, unnest([regency, regency[:2], '00']) AS region_code FROM scoped),
today AS (SELECT * FROM seen WHERE month = $month),
yesterday AS (SELECT * FROM seen WHERE month = $month - INTERVAL 1 MONTH),
long_ago AS (SELECT DISTINCT basis, scope, worker_key FROM seen WHERE month < $month - INTERVAL 1 MONTH),
arrival AS (
    SELECT
        t.basis, t.scope, t.region_code,
        CASE
            WHEN EXISTS (FROM yesterday y WHERE (y.basis, y.scope, y.worker_key, y.region_code) = (t.basis, t.scope, t.worker_key, t.region_code)) THEN 'stayed'
            WHEN EXISTS (FROM yesterday y WHERE (y.basis, y.scope, y.worker_key) = (t.basis, t.scope, t.worker_key)) THEN 'moved in'
            WHEN EXISTS (FROM long_ago l WHERE (l.basis, l.scope, l.worker_key) = (t.basis, t.scope, t.worker_key)) THEN 'returned'
            ELSE 'joined'
        END AS fate
    FROM today t
),
departure AS (
    SELECT
        y.basis, y.scope, y.region_code,
        CASE
            WHEN EXISTS (FROM today t WHERE (t.basis, t.scope, t.worker_key, t.region_code) = (y.basis, y.scope, y.worker_key, y.region_code)) THEN 'still here'
            WHEN EXISTS (FROM today t WHERE (t.basis, t.scope, t.worker_key) = (y.basis, y.scope, y.worker_key)) THEN 'moved out'
            ELSE 'left'
        END AS fate
    FROM yesterday y
),
fates AS (FROM arrival UNION ALL FROM departure)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, basis, scope AS segment,
    version_before AS previous_as_of_date,
    count(*) FILTER (fate IN ('still here', 'moved out', 'left')) AS previous_workers,
    count(*) FILTER (fate = 'joined') AS joined_workers,
    count(*) FILTER (fate = 'returned') AS returned_workers,
    count(*) FILTER (fate = 'moved in') AS moved_in_workers,
    count(*) FILTER (fate = 'left') AS left_workers,
    count(*) FILTER (fate = 'moved out') AS moved_out_workers,
    count(*) FILTER (fate IN ('stayed', 'moved in', 'returned', 'joined')) AS active_workers
FROM fates
CROSS JOIN day
WHERE version_before IS NOT NULL
GROUP BY ALL
