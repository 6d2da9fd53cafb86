CREATE OR REPLACE MACRO mart.compliance_as_of(d) AS TABLE
WITH newest AS (
    SELECT month, max(as_of_date) AS as_of_date
    FROM mart.fact_compliance
    WHERE as_of_date <= d::DATE
    GROUP BY month
),
loaded AS (
    SELECT month, as_of_date, min(loaded_at) AS first_loaded_at
    FROM mart.fact_compliance
    GROUP BY month, as_of_date
),
known AS (
    -- The end of day d (UTC); a version first loaded after it counts as it was first loaded.
    SELECT
        month,
        as_of_date,
        greatest(d::DATE + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND, loaded.first_loaded_at) AS moment
    FROM newest
    INNER JOIN loaded USING (month, as_of_date)
)
SELECT history.* EXCLUDE (superseded_at)
FROM mart.compliance_history AS history
INNER JOIN known USING (month, as_of_date)
WHERE history.loaded_at <= known.moment
    AND (history.superseded_at IS NULL OR history.superseded_at > known.moment);

COMMENT ON MACRO TABLE mart.compliance_as_of IS
'Compliance of employers as known on day d: of every month the newest as_of_date not after d, in the restatement that stood at the end of d (UTC), or the first one loaded where none was loaded by then. Later restatements never change the answer. Usage: FROM mart.compliance_as_of(DATE ''2025-03-16''). Counts add up over regencies; an employer may have several findings.';
