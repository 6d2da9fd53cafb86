CREATE OR REPLACE VIEW mart.coverage_gap AS
WITH measured AS (
    SELECT
        coverage.*,
        target.frame,
        target.target_ratio,
        target.target_workers,
        target.legal_reference,
        -- The smallest whole number that reaches the ratio; the millionth absorbs the error of binary fractions.
        ceil(target.target_ratio * coverage.eligible_workers - 1e-6)::BIGINT AS workers_to_reach
    FROM mart.coverage AS coverage
    INNER JOIN mart.fact_target AS target
        ON target.region_code = coverage.region_code
        AND target.year = year(coverage.month)
        AND target.superseded_at IS NULL
    WHERE coverage.segment = 'UCJ'
)
SELECT
    region_code,
    region_name,
    level,
    province_code,
    province_name,
    month,
    as_of_date,
    basis,
    frame,
    active_workers,
    eligible_workers,
    workforce_source,
    workforce_period,
    coverage_ratio,
    target_ratio,
    target_workers AS target_workers_stated,
    workers_to_reach AS target_workers_computed,
    ${workers_missing},
    ${workers_missing_stated},
    legal_reference,
    ${attainment_ratio}
FROM measured;
