-- mart.fact_premium of $month as of $as_of.
WITH bill AS (
    SELECT i.*, m.due_date
    FROM iuran i
    LEFT JOIN dim_month m ON m.month = i.month
    WHERE i.month = $month AND i.as_of_date = $as_of
),
billed AS (
    SELECT
        region_code, segment, programme, funding_source,
        CAST(sum(workers) AS BIGINT) AS workers_billed, CAST(sum(billed_idr) AS BIGINT) AS billed_idr, CAST(sum(paid_idr) AS BIGINT) AS paid_idr,
        CAST(coalesce(sum(paid_idr) FILTER (paid_date <= due_date), 0) AS BIGINT) AS paid_on_time_idr,
        CAST(coalesce(sum(paid_idr) FILTER (paid_date > due_date), 0) AS BIGINT) AS paid_late_idr
    FROM bill
    GROUP BY ALL
),
owed AS (
    SELECT region_code, segment, programme, funding_source, sum(amount) AS owed
    FROM arrears
    WHERE month = $month
    GROUP BY ALL
),
priced AS (
    SELECT region_code, segment, programme, funding_source, CAST(sum(due) AS BIGINT) AS priced
    FROM due
    GROUP BY ALL
),
fined AS (
    SELECT region_code, segment, programme, funding_source, CAST(sum(fine_idr) AS BIGINT) AS fine_idr
    FROM fines
    GROUP BY ALL
    HAVING sum(fine_idr) > 0
),
snapshot AS (SELECT count(*) > 0 AS is_known FROM kepesertaan WHERE month = $month AND as_of_date <= $as_of)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source,
    CASE WHEN s.is_known THEN coalesce(m.members, 0) END AS members,
    CASE WHEN s.is_known AND m.members IS NULL THEN 0 ELSE p.priced END AS due_idr,
    coalesce(b.workers_billed, 0) AS workers_billed, coalesce(b.billed_idr, 0) AS billed_idr, coalesce(b.paid_idr, 0) AS paid_idr,
    coalesce(b.paid_on_time_idr, 0) AS paid_on_time_idr, coalesce(b.paid_late_idr, 0) AS paid_late_idr,
    CAST(coalesce(o.owed, 0) AS BIGINT) AS arrears_idr, coalesce(f.fine_idr, 0) AS fine_idr
FROM (SELECT region_code, segment, programme, funding_source FROM billed UNION SELECT region_code, segment, programme, funding_source FROM members) g
CROSS JOIN snapshot s
LEFT JOIN billed b USING (region_code, segment, programme, funding_source)
LEFT JOIN owed o USING (region_code, segment, programme, funding_source)
LEFT JOIN fined f USING (region_code, segment, programme, funding_source)
LEFT JOIN members m USING (region_code, segment, programme, funding_source)
LEFT JOIN priced p USING (region_code, segment, programme, funding_source)
