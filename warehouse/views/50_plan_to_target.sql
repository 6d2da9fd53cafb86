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
    if(workers_missing < 0, 0, workers_missing) * premium_idr::BIGINT * 12 AS yearly_idr,
    ${coverage_ratio}
FROM plan
ORDER BY workforce_period, released_on, workforce_source;
