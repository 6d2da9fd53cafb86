CREATE OR REPLACE VIEW mart.coverage AS
SELECT * EXCLUDE (superseded_at)
FROM mart.coverage_history
SEMI JOIN (
    SELECT month, max(as_of_date) AS as_of_date
    FROM mart.fact_coverage
    WHERE superseded_at IS NULL
    GROUP BY month
) AS newest USING (month, as_of_date)
WHERE superseded_at IS NULL;

COMMENT ON VIEW mart.coverage IS
'Coverage as it stands: of every month the newest as_of_date, not superseded. Regions of all three levels, both bases and every segment scope are rows side by side: choose one of each, never sum.';
