-- mart.fact_premium of $month as of $as_of.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
version AS (
    SELECT i.*, m.due_date
    FROM iuran i
    LEFT JOIN dim_month m ON m.month = i.month
    WHERE i.month = $month AND i.as_of_date = $as_of
),
owed AS (
    SELECT region_code, segment, programme, funding_source, sum(amount) AS owed
    FROM arrears
    WHERE month = $month
    GROUP BY ALL
),
member AS (
    SELECT f.residence_code, f.segment, g.programme, f.funding_source, count(DISTINCT f.worker_key) AS members
    FROM in_force f
    JOIN programme g ON (CAST(f.programmes AS INTEGER) & g.bit) > 0
    WHERE f.month = $month
    GROUP BY ALL
),
snapshot AS (SELECT count(*) > 0 AS is_known FROM kepesertaan WHERE month = $month AND as_of_date <= $as_of)
SELECT
    v.region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, v.segment, v.programme, v.funding_source,
    CASE WHEN any_value(s.is_known) THEN coalesce(any_value(m.members), 0) END AS members,
    CAST(NULL AS BIGINT) AS due_idr,
    CAST(sum(v.workers) AS BIGINT) AS workers_billed,
    CAST(sum(v.billed_idr) AS BIGINT) AS billed_idr,
    CAST(sum(v.paid_idr) AS BIGINT) AS paid_idr,
    CAST(coalesce(sum(v.paid_idr) FILTER (v.paid_date <= v.due_date), 0) AS BIGINT) AS paid_on_time_idr,
    CAST(coalesce(sum(v.paid_idr) FILTER (v.paid_date > v.due_date), 0) AS BIGINT) AS paid_late_idr,
    CAST(coalesce(any_value(o.owed), 0) AS BIGINT) AS arrears_idr,
    CAST(NULL AS BIGINT) AS fine_idr
FROM version v
CROSS JOIN snapshot s
LEFT JOIN owed o USING (region_code, segment, programme, funding_source)
LEFT JOIN member m
  ON m.residence_code = v.region_code AND m.segment = v.segment
 AND m.programme = v.programme AND m.funding_source = v.funding_source
GROUP BY v.region_code, v.segment, v.programme, v.funding_source
