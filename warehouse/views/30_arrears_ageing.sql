CREATE OR REPLACE VIEW mart.arrears_ageing AS
WITH totals AS (
    SELECT
        region_code,
        region_name,
        province_code,
        province_name,
        month,
        as_of_date,
        sum(arrears_current_employers)::BIGINT AS arrears_current,
        sum(arrears_substandard_employers)::BIGINT AS arrears_substandard,
        sum(arrears_bad_employers)::BIGINT AS arrears_bad,
        sum(arrears_contingent_employers)::BIGINT AS arrears_contingent
    FROM mart.compliance
    GROUP BY region_code, region_name, province_code, province_name, month, as_of_date
)
SELECT
    totals.region_code,
    totals.region_name,
    totals.province_code,
    totals.province_name,
    totals.month,
    totals.as_of_date,
    class.arrears_class,
    CASE class.arrears_class
        WHEN 'LANCAR' THEN totals.arrears_current
        WHEN 'KURANG_LANCAR' THEN totals.arrears_substandard
        WHEN 'MACET' THEN totals.arrears_bad
        WHEN 'KONTINJENSI' THEN totals.arrears_contingent
    END AS employers
FROM totals
CROSS JOIN (VALUES ('LANCAR'), ('KURANG_LANCAR'), ('MACET'), ('KONTINJENSI')) AS class(arrears_class);

COMMENT ON VIEW mart.arrears_ageing IS
'Employers in arrears by age of the oldest unpaid contribution, one row per regency, month and class, as it stands: LANCAR 1 to 3 months, KURANG_LANCAR 4 to 6, MACET 7 to 9, KONTINJENSI over 9. Each employer in arrears is in one class; counts add up over regencies.';
