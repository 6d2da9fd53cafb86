-- Memberships in force in $month and in every month before it, each month in its newest delivery known on $as_of.
-- $month itself is judged on $as_of, an older month on the day it was delivered; never after its last day.
WITH newest AS (
    SELECT
        d.month, max(d.as_of_date) AS as_of_date,
        least(CASE WHEN d.month = $month THEN $as_of ELSE max(d.as_of_date) END, last_day(d.month)) AS reference_day,
        (
            SELECT r.value
            FROM membership_rule r
            WHERE r.parameter = 'arrears_grace_months' AND r.segment = 'BPU'
              AND d.month BETWEEN r.effective_from AND coalesce(r.effective_to, DATE '9999-12-31')
        ) AS grace
    FROM membership_versions d
    WHERE d.as_of_date <= $as_of AND d.month <= $month
    GROUP BY d.month
)
SELECT k.*, n.reference_day
FROM kepesertaan k
JOIN newest n ON n.month = k.month AND n.as_of_date = k.as_of_date
WHERE n.reference_day BETWEEN k.start_date AND coalesce(k.end_date, DATE '9999-12-31')
  AND CASE
        WHEN k.segment <> 'BPU' THEN true
        WHEN k.paid_through IS NULL THEN false
        ELSE (year(k.month) - year(k.paid_through)) * 12 + month(k.month) - month(k.paid_through) <= n.grace
      END
