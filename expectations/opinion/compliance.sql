-- mart.fact_compliance: the employers of core.employer_month, counted.
SELECT
    region_code, month, as_of_date, scale, sector,
    count(*) AS obliged_employers,
    count(*) FILTER (NOT is_unregistered) AS registered_employers,
    count(*) FILTER (is_unregistered) AS unregistered_employers,
    count(*) FILTER (is_workers_missing) AS workers_missing_employers,
    count(*) FILTER (is_wage_below_minimum) AS wage_below_minimum_employers,
    count(*) FILTER (is_programme_missing) AS programme_missing_employers,
    count(*) FILTER (arrears_class = 'LANCAR') AS arrears_current_employers,
    count(*) FILTER (arrears_class = 'KURANG_LANCAR') AS arrears_substandard_employers,
    count(*) FILTER (arrears_class = 'MACET') AS arrears_bad_employers,
    count(*) FILTER (arrears_class = 'KONTINJENSI') AS arrears_contingent_employers,
    count(*) FILTER (is_late) AS late_employers,
    count(*) FILTER (is_compliant) AS compliant_employers,
    CAST(sum(missing_workers) AS BIGINT) AS missing_workers,
    CAST(sum(arrears_idr) AS BIGINT) AS arrears_idr
FROM employer_month
GROUP BY ALL
