-- mart.fact_published_figure: what was delivered, else what was gathered; percent as fractions, the code of today, the days a date can mean.
WITH stated AS (
    SELECT row_id, as_of, as_of_basis, level, region_code AS code, kode_bps_2020, "name", province, scope,
        coverage_ratio_stated, workers_covered, denominator_stated, denominator_label, target_ratio_stated,
        target_year, target_workers, gap_workers, budget_idr, premium_idr_month, source_url
    FROM angka_publikasi
    UNION ALL
    SELECT row_id, as_of, as_of_basis, level, kode_kemendagri, kode_bps_2020, "name", province, scope,
        round(coverage_pct / 100, 12), workers_covered, denominator_stated, denominator_label, round(target_pct / 100, 12),
        target_year, target_workers, gap_workers, budget_idr, premium_idr_month, source_url
    FROM published_figure_seed
    WHERE row_id NOT IN (SELECT row_id FROM angka_publikasi)
),
dated AS (
    SELECT *,
        try_strptime(as_of, '%Y-%m-%d')::DATE AS day,
        try_strptime(as_of[:7] || '-01', '%Y-%m-%d')::DATE AS month,
        make_date(as_of[:4]::INT, 1, 1) AS january
    FROM stated
)
SELECT dated.* EXCLUDE (code, day, month, january),
    coalesce(day, month, january) AS as_of_first_day,
    CASE WHEN day IS NOT NULL THEN day
        WHEN month IS NOT NULL THEN (month + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE
        ELSE make_date(year(january), 12, 31) END AS as_of_last_day,
    CASE
        WHEN code IN (SELECT region_code FROM dim_region) THEN code
        WHEN code IS NOT NULL THEN (SELECT any_value(c.region_code) FROM dim_region_code c WHERE c.system = 'kemendagri' AND c.code = dated.code)
        ELSE (SELECT any_value(r.region_code) FROM dim_region r WHERE r."name" = dated."name")
    END AS region_code
FROM dated
