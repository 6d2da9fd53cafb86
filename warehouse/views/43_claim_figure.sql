CREATE OR REPLACE VIEW mart.claim_figure AS
WITH claim AS (
    SELECT
        *,
        date_trunc('month', as_of_first_day) - INTERVAL 6 MONTH AS near_from,
        date_trunc('month', as_of_last_day) + INTERVAL 6 MONTH AS near_to
    FROM mart.claim_arithmetic
    WHERE segment IS NOT NULL AND region_code IS NOT NULL
),
loaded AS (
    SELECT month, as_of_date, min(loaded_at) AS first_loaded_at
    FROM mart.fact_coverage
    GROUP BY month, as_of_date
),
newest AS (
    -- The versions known on the claim's last day, by the rule of coverage_as_of.
    SELECT
        claim.row_id,
        loaded.month,
        claim.as_of_last_day + INTERVAL 1 DAY AS next_day,
        coalesce(
            max(loaded.as_of_date) FILTER (WHERE loaded.first_loaded_at < claim.as_of_last_day + INTERVAL 1 DAY),
            max(loaded.as_of_date)
        ) AS as_of_date
    FROM claim
    INNER JOIN loaded ON loaded.as_of_date <= claim.as_of_last_day AND loaded.month >= claim.near_from
    GROUP BY claim.row_id, loaded.month, claim.as_of_last_day
),
moment AS (
    SELECT row_id, month, as_of_date, greatest(next_day - INTERVAL 1 MICROSECOND, first_loaded_at) AS moment
    FROM newest
    INNER JOIN loaded USING (month, as_of_date)
),
of_region AS (
    SELECT claim.row_id, claim.near_from, claim.near_to, fact.*
    FROM claim
    INNER JOIN mart.fact_coverage AS fact USING (region_code)
),
known AS (
    SELECT fact.*
    FROM of_region AS fact
    INNER JOIN moment USING (row_id, month, as_of_date)
    WHERE fact.loaded_at <= moment.moment AND (fact.superseded_at IS NULL OR fact.superseded_at > moment.moment)
    QUALIFY fact.month = max(fact.month) OVER (PARTITION BY fact.row_id)
),
figure AS (
    SELECT *, TRUE AS is_known
    FROM known
    UNION ALL BY NAME
    SELECT near.*, FALSE AS is_known
    FROM of_region AS near
    ANTI JOIN known USING (row_id, month, as_of_date, basis, segment, loaded_at)
    WHERE near.superseded_at IS NULL AND near.month BETWEEN near.near_from AND near.near_to
),
measured AS (
    SELECT
        figure.row_id,
        figure.is_known,
        figure.basis = claim.basis AS is_of_its_basis,
        figure.segment = claim.segment AS is_of_its_segment,
        figure.month,
        figure.as_of_date,
        figure.basis,
        figure.segment,
        if(claim.is_vulnerable_only, figure.vulnerable_workers, figure.active_workers) AS workers,
        figure.eligible_workers,
        figure.workforce_source,
        figure.workforce_period,
        abs(date_diff('day', figure.as_of_date, claim.as_of_last_day)) AS days_away,
        claim.* EXCLUDE (row_id, basis, segment)
    FROM figure
    INNER JOIN claim USING (row_id)
),
held AS (
    SELECT
        *,
        ${ratio},
        workers_covered IS NULL OR coalesce(workers >= workers_low AND workers < workers_high, FALSE) AS workers_fit,
        coverage_ratio_stated IS NULL
        OR coalesce(
            -- Eligible workers are those of UCJ: a share of one segment is a share of other people.
            segment IN ('UCJ', 'ALL') AND NOT is_vulnerable_only
            AND ratio BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9,
            FALSE
        ) AS ratio_fits,
        denominator_stated IS NULL
        OR coalesce(eligible_workers BETWEEN denominator_low AND denominator_high, FALSE) AS denominator_fits
    FROM measured
)
SELECT
    row_id, is_known, is_of_its_basis, is_of_its_segment, month, as_of_date, basis, segment, workers, eligible_workers, ratio,
    workforce_source, workforce_period, days_away, workers_fit, ratio_fits, denominator_fits,
    NOT is_share_of_target
    AND coalesce(workers_covered, coverage_ratio_stated) IS NOT NULL
    AND workers_fit
    AND ratio_fits
    AND (denominator_fits OR (workers_covered IS NOT NULL AND coverage_ratio_stated IS NOT NULL)) AS agrees
FROM held;
