CREATE OR REPLACE VIEW mart.denominator AS
WITH member AS (
    SELECT place.region_code AS regency_code, unnest([place.region_code, place.province_code, '00']) AS region_code
    FROM mart.dim_region AS place
    WHERE place.level = 'regency'
),
size AS (
    SELECT region_code, count(*) AS regencies
    FROM member
    GROUP BY region_code
),
release AS (
    SELECT
        member.region_code,
        workforce.source AS workforce_source,
        workforce.period AS workforce_period,
        workforce.released_on,
        sum(workforce.eligible_workers)::BIGINT AS eligible_workers,
        count(*) AS regencies
    FROM mart.fact_workforce AS workforce
    INNER JOIN member ON member.regency_code = workforce.region_code
    WHERE workforce.superseded_at IS NULL
    GROUP BY ALL
),
claim AS (
    SELECT *
    FROM mart.claim_arithmetic
    WHERE (segment = 'UCJ' OR is_target_only) AND NOT is_share_of_target AND NOT is_vulnerable_only AND region_code IS NOT NULL
),
known AS (
    SELECT
        release.* EXCLUDE (regencies),
        'RELEASE' AS origin,
        1 AS place,
        eligible_workers AS low,
        eligible_workers AS high
    FROM release
    INNER JOIN size USING (region_code, regencies)
    UNION ALL BY NAME
    SELECT
        region_code,
        'IMPLIED_BY_TARGET ' || year || ' ' || frame AS workforce_source,
        year::VARCHAR AS workforce_period,
        try_cast(round(target_workers / nullif(target_ratio, 0)) AS BIGINT) AS eligible_workers,
        'TARGET' AS origin,
        2 AS place,
        -- A target is printed to a hundredth of a percent at best.
        (target_workers - 0.5) / (target_ratio + 0.00005) AS low,
        (target_workers + 0.5) / nullif(greatest(target_ratio - 0.00005, 0), 0) AS high
    FROM mart.fact_target
    WHERE superseded_at IS NULL
    UNION ALL BY NAME
    SELECT
        region_code,
        'STATED_BY_CLAIM ' || row_id AS workforce_source,
        as_of AS workforce_period,
        as_of_last_day AS released_on,
        denominator_stated AS eligible_workers,
        'CLAIM' AS origin,
        3 AS place,
        denominator_low AS low,
        denominator_high AS high
    FROM claim
    WHERE workers_covered IS NOT NULL
    UNION ALL BY NAME
    SELECT
        region_code,
        'IMPLIED_BY_CLAIM ' || row_id AS workforce_source,
        as_of AS workforce_period,
        as_of_last_day AS released_on,
        implied_denominator_from_coverage AS eligible_workers,
        'CLAIM' AS origin,
        4 AS place,
        from_coverage_low AS low,
        from_coverage_high AS high
    FROM claim
    WHERE denominator_stated IS NULL
        AND NOT coalesce(workers_covered / nullif(target_workers, 0) BETWEEN coverage_low AND coverage_high, FALSE)
    UNION ALL BY NAME
    SELECT
        region_code,
        'IMPLIED_BY_TARGET_OF_CLAIM ' || row_id AS workforce_source,
        coalesce(target_year::VARCHAR, as_of) AS workforce_period,
        as_of_last_day AS released_on,
        implied_denominator_from_target AS eligible_workers,
        'CLAIM' AS origin,
        5 AS place,
        from_target_low AS low,
        from_target_high AS high
    FROM claim
),
numbered AS (
    SELECT *, row_number() OVER (ORDER BY place, released_on DESC, workforce_source) AS turn
    FROM known
    WHERE eligible_workers > 0
)
SELECT region_code, workforce_source, workforce_period, released_on, eligible_workers, origin
FROM numbered
WHERE place = 1
    OR NOT EXISTS (
        SELECT 1
        FROM numbered AS earlier
        WHERE earlier.region_code = numbered.region_code
            AND earlier.turn < numbered.turn
            AND earlier.eligible_workers BETWEEN numbered.low AND numbered.high
    );
