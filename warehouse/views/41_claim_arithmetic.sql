CREATE OR REPLACE VIEW mart.claim_arithmetic AS
WITH printed AS (
    -- What a number can mean as it was printed. The unit of a count is that of its last digit that is not a trailing zero,
    -- the first two digits always count; half a percent digit either way is the room of a percentage.
    SELECT
        * EXCLUDE (loaded_at, superseded_at, run_id),
        lower(coalesce(scope, 'UCJ')) AS words,
        pow(10, -length(regexp_extract(try_cast(100 * coverage_ratio_stated AS DECIMAL(18, 6))::VARCHAR, '\.(\d*?)0*$', 1))) / 200
            AS coverage_half,
        pow(10, -length(regexp_extract(try_cast(100 * target_ratio_stated AS DECIMAL(18, 6))::VARCHAR, '\.(\d*?)0*$', 1))) / 200
            AS target_half,
        ('1' || regexp_extract(workers_covered::VARCHAR, '^\d\d\d*?(0*)$', 1))::BIGINT AS workers_unit,
        ('1' || regexp_extract(denominator_stated::VARCHAR, '^\d\d\d*?(0*)$', 1))::BIGINT AS denominator_unit,
        ('1' || regexp_extract(target_workers::VARCHAR, '^\d\d\d*?(0*)$', 1))::BIGINT AS target_workers_unit,
        ('1' || regexp_extract(gap_workers::VARCHAR, '^-?\d\d\d*?(0*)$', 1))::BIGINT AS gap_unit
    FROM mart.fact_published_figure
    WHERE superseded_at IS NULL
),
ranged AS (
    -- A rounded count may be "over" its number: it reaches half a unit below and a whole unit above.
    SELECT
        * EXCLUDE (coverage_half, target_half, workers_unit, denominator_unit, target_workers_unit, gap_unit),
        greatest(coverage_ratio_stated - coverage_half, 0) AS coverage_low,
        coverage_ratio_stated + coverage_half AS coverage_high,
        greatest(target_ratio_stated - target_half, 0) AS target_low,
        target_ratio_stated + target_half AS target_high,
        workers_covered - workers_unit / 2 AS workers_low,
        workers_covered + if(workers_unit = 1, 0.5, workers_unit) AS workers_high,
        denominator_stated - denominator_unit / 2 AS denominator_low,
        denominator_stated + if(denominator_unit = 1, 0.5, denominator_unit) AS denominator_high,
        target_workers - target_workers_unit / 2 AS target_workers_low,
        target_workers + if(target_workers_unit = 1, 0.5, target_workers_unit) AS target_workers_high,
        gap_workers - gap_unit / 2 AS gap_low,
        gap_workers + if(gap_unit = 1, 0.5, gap_unit) AS gap_high
    FROM printed
)
SELECT
    ranged.* EXCLUDE (words),
    coalesce(place.name, ranged.name, '-') AS region_name,
    place.population,
    coalesce(target_year BETWEEN year(as_of_first_day) AND year(as_of_last_day), TRUE) AS target_is_of_its_year,
    regexp_matches(words, '(of|dari)( the)? target|capaian target') AS is_share_of_target,
    regexp_matches(words, '^target') AS is_target_only,
    regexp_matches(words, '^(vulnerable workers|pekerja rentan)$') AS is_vulnerable_only,
    if(regexp_matches(words, 'workplace|tempat kerja|lokasi kerja'), 'WORKPLACE', 'RESIDENCE') AS basis,
    CASE
        WHEN regexp_matches(words, '^target|budgeted|added|dbh|village|desa') THEN NULL
        WHEN regexp_matches(words, '^(vulnerable workers|pekerja rentan)$') THEN 'UCJ'
        WHEN regexp_matches(words, 'vulnerable|rentan') THEN NULL
        WHEN regexp_matches(words, '(formal|\bpu\b).*(\+|and|dan|&).*(informal|\bbpu\b)') THEN 'UCJ'
        WHEN regexp_matches(words, 'informal|\bbpu\b|own[- ]account|bukan penerima upah') THEN 'BPU'
        WHEN regexp_matches(words, '\bpmi\b|migrant|migran') THEN 'PMI'
        WHEN regexp_matches(words, 'jakon|construction|konstruksi') THEN 'JAKON'
        WHEN regexp_matches(words, 'formal|\bpu\b|wage earner|penerima upah') THEN 'PU'
        WHEN regexp_matches(words, 'active participants|peserta aktif') THEN 'ALL'
        WHEN regexp_matches(words, 'ucj|coverage|cakupan|universal|of target|dari target|workplace|tempat kerja') THEN 'UCJ'
    END AS segment,
    ${coverage_ratio_computed},
    try_cast(round_even(workers_covered / nullif(coverage_ratio_stated, 0), 0) AS BIGINT) AS implied_denominator_from_coverage,
    try_cast(round_even(target_workers / nullif(target_ratio_stated, 0), 0) AS BIGINT) AS implied_denominator_from_target,
    try_cast(workers_covered::HUGEINT * premium_idr_month * 12 AS BIGINT) AS implied_annual_premium_idr,
    coalesce(
        target_workers,
        try_cast(
            ceil(
                target_ratio_stated * coalesce(denominator_stated, round(workers_covered / nullif(coverage_ratio_stated, 0))) - 1e-6
            ) AS BIGINT
        )
    ) - workers_covered AS implied_gap_workers,
    workers_low / nullif(coverage_high, 0) AS from_coverage_low,
    workers_high / nullif(coverage_low, 0) AS from_coverage_high,
    target_workers_low / nullif(target_high, 0) AS from_target_low,
    target_workers_high / nullif(target_low, 0) AS from_target_high,
    coalesce(denominator_stated, implied_denominator_from_coverage) AS first_denominator,
    coalesce(denominator_low, from_coverage_low) AS first_low,
    coalesce(denominator_high, from_coverage_high) AS first_high,
    coalesce(first_denominator, implied_denominator_from_target) AS any_denominator
FROM ranged
LEFT JOIN mart.dim_region AS place USING (region_code);
