CREATE OR REPLACE VIEW mart.compliance AS
SELECT * EXCLUDE (superseded_at)
FROM mart.compliance_history
SEMI JOIN (
    SELECT month, max(as_of_date) AS as_of_date
    FROM mart.fact_compliance
    WHERE superseded_at IS NULL
    GROUP BY month
) AS newest USING (month, as_of_date)
WHERE superseded_at IS NULL;

COMMENT ON VIEW mart.compliance IS
'Compliance of employers as it stands: of every month the newest as_of_date, not superseded. Counts add up over regencies; an employer may have several findings.';
