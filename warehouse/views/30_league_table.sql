CREATE OR REPLACE VIEW mart.league_table AS
SELECT
    region_code,
    region_name,
    province_code,
    province_name,
    month,
    as_of_date,
    month = max(month) OVER () AS is_newest_month,
    active_workers,
    eligible_workers,
    workforce_source,
    workforce_period,
    coverage_ratio,
    rank() OVER (PARTITION BY month, province_code ORDER BY coverage_ratio DESC) AS rank_in_province,
    count(*) OVER (PARTITION BY month, province_code) AS ranked_in_province,
    rank() OVER (PARTITION BY month ORDER BY coverage_ratio DESC) AS rank_in_nation,
    count(*) OVER (PARTITION BY month) AS ranked_in_nation
FROM mart.coverage
WHERE level = 'regency'
    AND segment = 'UCJ'
    AND basis = 'RESIDENCE'
    AND coverage_ratio IS NOT NULL;
