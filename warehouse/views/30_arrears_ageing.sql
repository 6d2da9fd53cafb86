CREATE OR REPLACE VIEW mart.arrears_ageing AS
WITH class AS (
    SELECT unnest(['LANCAR', 'KURANG_LANCAR', 'MACET', 'KONTINJENSI']) AS arrears_class
),
counted AS (
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
),
listed AS (
    SELECT
        counted.*,
        class.arrears_class,
        CASE class.arrears_class
            WHEN 'LANCAR' THEN counted.arrears_current
            WHEN 'KURANG_LANCAR' THEN counted.arrears_substandard
            WHEN 'MACET' THEN counted.arrears_bad
            WHEN 'KONTINJENSI' THEN counted.arrears_contingent
        END AS employers
    FROM counted
    CROSS JOIN class
),
owed AS (
    SELECT
        region_code,
        region_name,
        province_code,
        province_name,
        month,
        as_of_date,
        arrears_class,
        -- Of a class in which a part is hidden the sum is not known.
        CASE WHEN count(arrears_idr) = count(*) THEN sum(arrears_idr)::BIGINT END AS arrears_idr
    FROM mart.arrears
    GROUP BY region_code, region_name, province_code, province_name, month, as_of_date, arrears_class
)
SELECT
    coalesce(listed.region_code, owed.region_code) AS region_code,
    coalesce(listed.region_name, owed.region_name) AS region_name,
    coalesce(listed.province_code, owed.province_code) AS province_code,
    coalesce(listed.province_name, owed.province_name) AS province_name,
    coalesce(listed.month, owed.month) AS month,
    coalesce(listed.as_of_date, owed.as_of_date) AS as_of_date,
    coalesce(listed.arrears_class, owed.arrears_class) AS arrears_class,
    listed.employers,
    owed.arrears_idr,
    owed.as_of_date AS arrears_as_of_date
FROM listed
FULL JOIN owed
    ON owed.region_code = listed.region_code
    AND owed.month = listed.month
    AND owed.arrears_class = listed.arrears_class;
