-- The facts as one writes them first: every person stands once per level and scope, and is counted distinct.
CREATE TABLE in_force AS
SELECT *
FROM kepesertaan
WHERE start_date <= getvariable('reference') AND (end_date IS NULL OR end_date >= getvariable('reference'))
  AND (segment <> 'BPU' OR paid_through >= getvariable('oldest_paid'));
CREATE VIEW levelled AS
SELECT basis, unnest([regency, substr(regency, 1, 2), '00']) AS region_code, worker_key, p.segment AS member, is_vulnerable, programmes, s.segment
FROM (
    SELECT 'RESIDENCE' AS basis, residence_code AS regency, * FROM in_force
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, * FROM in_force WHERE workplace_code IS NOT NULL
) p
JOIN (VALUES $SCOPES) s(segment, member) ON s.member = p.segment;
CREATE TABLE coverage AS
SELECT
    region_code, basis, segment, count(DISTINCT worker_key) AS active_workers,
    count(DISTINCT worker_key) FILTER (is_vulnerable) AS vulnerable_workers
FROM levelled
GROUP BY ALL;
CREATE TABLE programme_coverage AS
SELECT region_code, basis, segment, programme, count(DISTINCT worker_key) AS active_workers
FROM levelled
JOIN (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)) p(programme, bit) ON programmes & bit > 0
GROUP BY ALL;
CREATE TABLE premium AS
SELECT
    region_code, segment, programme, funding_source, sum(workers)::BIGINT AS workers_billed, sum(billed_idr)::BIGINT AS billed_idr,
    sum(paid_idr)::BIGINT AS paid_idr, sum(owed)::BIGINT AS arrears_idr
FROM (
    SELECT
        region_code, segment, programme, funding_source, sum(workers) AS workers, sum(billed_idr) AS billed_idr, sum(paid_idr) AS paid_idr,
        CASE WHEN getvariable('due') < getvariable('as_of') THEN greatest(sum(billed_idr) - sum(paid_idr), 0) ELSE 0 END AS owed
    FROM iuran
    GROUP BY region_code, segment, programme, funding_source, employer_key, membership_key
)
GROUP BY ALL;
CHECKPOINT;
