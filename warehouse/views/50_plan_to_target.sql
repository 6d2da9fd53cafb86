CREATE OR REPLACE MACRO mart.plan_to_target(region, ratio, premium_idr) AS TABLE
WITH denominators AS (
    SELECT workforce_source, workforce_period, released_on, eligible_workers
    FROM mart.denominator
    WHERE denominator.region_code = region
),
newest AS (
    SELECT coverage.month, coverage.as_of_date, coverage.active_workers
    FROM mart.coverage AS coverage
    WHERE coverage.region_code = region AND coverage.basis = 'RESIDENCE' AND coverage.segment = 'UCJ'
    ORDER BY coverage.month DESC
    LIMIT 1
),
plan AS (
    SELECT
        denominators.*,
        newest.*,
        -- The smallest whole number that reaches the ratio; the millionth absorbs the error of binary fractions.
        ceil(ratio::DOUBLE * denominators.eligible_workers - 1e-6)::BIGINT - newest.active_workers AS workers_missing
    FROM denominators
    LEFT JOIN newest ON TRUE
)
SELECT
    workforce_source,
    workforce_period,
    released_on,
    eligible_workers,
    month,
    as_of_date,
    active_workers,
    workers_missing,
    if(workers_missing < 0, 0, workers_missing) * premium_idr::BIGINT AS monthly_idr,
    if(workers_missing < 0, 0, workers_missing) * premium_idr::BIGINT * 12 AS yearly_idr
FROM plan
ORDER BY workforce_period, released_on, workforce_source;

COMMENT ON MACRO TABLE mart.plan_to_target IS
'What it takes to bring the region (code) to the coverage ratio (fraction) at a monthly premium (rupiah): one row per denominator known (mart.denominator: the releases of the working population, and what targets and claims state or imply beside them), because the answer depends on it. workers_missing = the smallest whole number that reaches the ratio, less the UCJ workers active by residence in the newest month, negative when the target is passed; rupiah are then 0. Usage: FROM mart.plan_to_target(''15.03'', 0.962, 16800).';
