-- What was billed for $month and paid by $as_of, by regency, segment, programme and funding source.
SELECT
    i.region_code, i.segment, i.programme, i.funding_source, count(*) AS bills, CAST(sum(i.workers) AS BIGINT) AS workers_billed,
    CAST(sum(i.billed_idr) AS BIGINT) AS billed_idr, CAST(sum(i.paid_idr) AS BIGINT) AS paid_idr,
    CAST(coalesce(sum(i.paid_idr) FILTER (i.paid_date <= m.due_date), 0) AS BIGINT) AS paid_on_time_idr,
    CAST(coalesce(sum(i.paid_idr) FILTER (i.paid_date > m.due_date), 0) AS BIGINT) AS paid_late_idr
FROM iuran i
LEFT JOIN dim_month m ON m.month = i.month
WHERE i.month = $month AND i.as_of_date = $as_of
GROUP BY i.region_code, i.segment, i.programme, i.funding_source
