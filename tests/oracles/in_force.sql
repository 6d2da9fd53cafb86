-- Memberships in force in $month and in every month before it, each month in its newest delivery known on $as_of.
-- $month itself is judged on $as_of, an older month on the day it was delivered; never after its last day.
WITH newest AS (
    SELECT month, max(as_of_date) AS as_of_date
    FROM kepesertaan
    WHERE as_of_date <= $as_of AND month <= $month
    GROUP BY month
),
judged AS (
    SELECT
        k.*,
        least(CASE WHEN k.month = $month THEN $as_of ELSE k.as_of_date END, last_day(k.month)) AS reference_day,
        (
            SELECT r.value
            FROM membership_rule r
            WHERE r.parameter = 'arrears_grace_months' AND r.segment = 'BPU'
              AND k.month BETWEEN r.effective_from AND coalesce(r.effective_to, DATE '9999-12-31')
        ) AS grace
    FROM kepesertaan k
    JOIN newest n ON n.month = k.month AND n.as_of_date = k.as_of_date
)
SELECT *
FROM judged
WHERE reference_day BETWEEN start_date AND coalesce(end_date, DATE '9999-12-31')
  AND CASE
        WHEN segment <> 'BPU' THEN true
        WHEN paid_through IS NULL THEN false
        ELSE (year(month) - year(paid_through)) * 12 + month(month) - month(paid_through) <= grace
      END
