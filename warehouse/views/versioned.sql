CREATE OR REPLACE VIEW mart.${view}_history AS
SELECT
    fact.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    fact.* EXCLUDE (region_code)
FROM ${fact} AS fact
LEFT JOIN mart.dim_region AS region USING (region_code);

CREATE OR REPLACE VIEW mart.${view} AS
SELECT * EXCLUDE (superseded_at)
FROM mart.${view}_history
SEMI JOIN (
    SELECT month, max(as_of_date) AS as_of_date
    FROM ${fact}
    WHERE superseded_at IS NULL
    GROUP BY month
) AS newest USING (month, as_of_date)
WHERE superseded_at IS NULL;

CREATE OR REPLACE MACRO mart.${view}_as_of(d) AS TABLE
WITH loaded AS (
    SELECT month, as_of_date, min(loaded_at) AS first_loaded_at
    FROM ${fact}
    WHERE as_of_date <= d::DATE
    GROUP BY month, as_of_date
),
newest AS (
    -- Of what was loaded by the end of day d (UTC), else of what was loaded since: a month that came later.
    SELECT
        month,
        coalesce(
            max(as_of_date) FILTER (WHERE first_loaded_at < d::DATE + INTERVAL 1 DAY), max(as_of_date)
        ) AS as_of_date
    FROM loaded
    GROUP BY month
),
known AS (
    -- What came later counts as it was first loaded.
    SELECT
        month,
        as_of_date,
        greatest(d::DATE + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND, first_loaded_at) AS moment
    FROM newest
    INNER JOIN loaded USING (month, as_of_date)
)
SELECT history.* EXCLUDE (superseded_at)
FROM mart.${view}_history AS history
INNER JOIN known USING (month, as_of_date)
WHERE history.loaded_at <= known.moment
    AND (history.superseded_at IS NULL OR history.superseded_at > known.moment);
