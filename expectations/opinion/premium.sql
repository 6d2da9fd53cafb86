-- mart.fact_premium of $month as of $as_of.
WITH priced AS (
    SELECT
        region_code, segment, programme, funding_source,
        CASE WHEN sum(blind) < sum(memberships) THEN CAST(sum(due) AS BIGINT) END AS priced
    FROM due_by_rule
    GROUP BY region_code, segment, programme, funding_source
),
fined AS (
    SELECT region_code, segment, programme, funding_source, CAST(sum(fine_idr) AS BIGINT) AS fine_idr
    FROM fines
    GROUP BY ALL
    HAVING sum(fine_idr) > 0
),
snapshot AS (SELECT count(*) > 0 AS is_known FROM membership_versions WHERE month = $month AND as_of_date <= $as_of)
SELECT
    region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, segment, programme, funding_source,
    CASE WHEN s.is_known THEN coalesce(m.members, 0) END AS members,
    CASE WHEN s.is_known AND m.members IS NULL THEN 0 ELSE p.priced END AS due_idr,
    coalesce(b.workers_billed, 0) AS workers_billed, coalesce(b.billed_idr, 0) AS billed_idr, coalesce(b.paid_idr, 0) AS paid_idr,
    coalesce(b.paid_on_time_idr, 0) AS paid_on_time_idr, coalesce(b.paid_late_idr, 0) AS paid_late_idr,
    coalesce(o.owed_idr, 0) AS arrears_idr, coalesce(f.fine_idr, 0) AS fine_idr
FROM (SELECT region_code, segment, programme, funding_source FROM paid UNION SELECT region_code, segment, programme, funding_source FROM members) g
CROSS JOIN snapshot s
LEFT JOIN paid b USING (region_code, segment, programme, funding_source)
LEFT JOIN newly_owed o USING (region_code, segment, programme, funding_source)
LEFT JOIN fined f USING (region_code, segment, programme, funding_source)
LEFT JOIN members m USING (region_code, segment, programme, funding_source)
LEFT JOIN priced p USING (region_code, segment, programme, funding_source)
