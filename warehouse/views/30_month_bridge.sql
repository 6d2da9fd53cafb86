CREATE OR REPLACE VIEW mart.month_bridge AS
WITH moved AS (
    SELECT * FROM mart.fact_movement WHERE superseded_at IS NULL
),
before AS (
    SELECT
        (month + INTERVAL 1 MONTH)::DATE AS month,
        as_of_date AS previous_as_of_date,
        region_code,
        basis,
        segment,
        active_workers
    FROM mart.fact_coverage
    WHERE superseded_at IS NULL
),
version_before AS (
    SELECT month, previous_as_of_date FROM before
    UNION
    SELECT month, previous_as_of_date FROM moved
),
version AS (
    SELECT DISTINCT month, as_of_date, previous_as_of_date AS measured_as_of_date FROM moved
),
pair AS (
    SELECT
        version.*,
        version_before.previous_as_of_date,
        version.as_of_date = max(version.as_of_date) OVER (PARTITION BY version.month)
            AND version_before.previous_as_of_date = max(version_before.previous_as_of_date) OVER (PARTITION BY version.month)
            AS is_newest
    FROM version
    INNER JOIN version_before ON version_before.month = version.month
),
side AS (
    SELECT
        pair.*,
        moved.region_code, moved.basis, moved.segment,
        FALSE AS is_before, NULL AS active_before,
        TRUE AS is_after, moved.previous_workers AS active_measured, moved.joined_workers, moved.returned_workers,
        moved.moved_in_workers, moved.moved_out_workers, moved.left_workers, moved.active_workers AS active_after
    FROM pair
    INNER JOIN moved ON moved.month = pair.month AND moved.as_of_date = pair.as_of_date
    UNION ALL
    SELECT
        pair.*,
        before.region_code, before.basis, before.segment,
        TRUE, before.active_workers,
        FALSE, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM pair
    INNER JOIN before ON before.month = pair.month AND before.previous_as_of_date = pair.previous_as_of_date
),
bridge AS (
    -- One row of each side at most: max() takes it, and an empty cell stays empty. Without a row there were 0.
    SELECT
        region_code, basis, segment, month, as_of_date, previous_as_of_date, measured_as_of_date, is_newest,
        CASE WHEN bool_or(is_before) THEN max(active_before) ELSE 0 END AS active_before,
        CASE WHEN bool_or(is_after) THEN max(active_measured) ELSE 0 END AS active_measured,
        CASE WHEN bool_or(is_after) THEN max(joined_workers) ELSE 0 END AS joined_workers,
        CASE WHEN bool_or(is_after) THEN max(returned_workers) ELSE 0 END AS returned_workers,
        CASE WHEN bool_or(is_after) THEN max(moved_in_workers) ELSE 0 END AS moved_in_workers,
        CASE WHEN bool_or(is_after) THEN max(moved_out_workers) ELSE 0 END AS moved_out_workers,
        CASE WHEN bool_or(is_after) THEN max(left_workers) ELSE 0 END AS left_workers,
        CASE WHEN bool_or(is_after) THEN max(active_after) ELSE 0 END AS active_after
    FROM side
    GROUP BY region_code, basis, segment, month, as_of_date, previous_as_of_date, measured_as_of_date, is_newest
)
SELECT
    bridge.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    bridge.basis,
    bridge.segment,
    bridge.month,
    bridge.as_of_date,
    bridge.previous_as_of_date,
    bridge.measured_as_of_date,
    bridge.is_newest,
    bridge.active_before,
    bridge.active_measured - bridge.active_before AS restated_workers,
    bridge.joined_workers,
    bridge.returned_workers,
    bridge.moved_in_workers,
    bridge.moved_out_workers,
    bridge.left_workers,
    bridge.active_after
FROM bridge
LEFT JOIN mart.dim_region AS region ON region.region_code = bridge.region_code;
