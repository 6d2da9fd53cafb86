CREATE OR REPLACE VIEW mart.premium AS
SELECT * EXCLUDE (superseded_at)
FROM mart.premium_history
SEMI JOIN (
    SELECT month, max(as_of_date) AS as_of_date
    FROM mart.fact_premium
    WHERE superseded_at IS NULL
    GROUP BY month
) AS newest USING (month, as_of_date)
WHERE superseded_at IS NULL;

COMMENT ON VIEW mart.premium IS
'Contributions as it stands: of every month the newest as_of_date, not superseded. Amounts add up over regencies, members do not.';
