-- The facts in Spark's SQL, over the views kepesertaan and iuran. A mask holds 1 to 16 programmes, 32 member, 64 vulnerable.
CREATE TEMPORARY VIEW in_force AS
SELECT worker_key, segment, residence_code, workplace_code, programmes + 32 + CASE WHEN is_vulnerable THEN 64 ELSE 0 END AS mask
FROM kepesertaan
WHERE start_date <= $reference AND (end_date IS NULL OR end_date >= $reference) AND (segment <> 'BPU' OR paid_through >= $oldest_paid);
CREATE TEMPORARY VIEW levelled AS
SELECT basis, explode(array(regency, substr(regency, 1, 2), '00')) AS region_code, worker_key, segment, mask
FROM (
    SELECT worker_key, segment, mask, stack(2, 'RESIDENCE', residence_code, 'WORKPLACE', workplace_code) AS (basis, regency)
    FROM in_force
)
WHERE regency IS NOT NULL;
CREATE TEMPORARY VIEW person AS
SELECT basis, region_code, worker_key, $masks
FROM levelled
GROUP BY basis, region_code, worker_key;
CREATE TEMPORARY VIEW alike AS
SELECT basis, region_code, $segments, count(*) AS persons
FROM person
GROUP BY basis, region_code, $segments;
CACHE TABLE scoped AS
SELECT basis, region_code, segment, mask, sum(persons) AS persons
FROM (SELECT basis, region_code, persons, inline(array($scopes)) FROM alike)
WHERE mask > 0
GROUP BY basis, region_code, segment, mask;
CREATE TEMPORARY VIEW coverage AS
SELECT
    region_code, basis, segment, sum(persons) AS active_workers, coalesce(sum(persons) FILTER (WHERE mask & 64 > 0), 0) AS vulnerable_workers
FROM scoped
GROUP BY region_code, basis, segment;
CREATE TEMPORARY VIEW programme_coverage AS
SELECT region_code, basis, segment, programme, sum(persons) AS active_workers
FROM scoped
JOIN (VALUES $programmes) AS programmes(programme, bit) ON mask & bit > 0
GROUP BY region_code, basis, segment, programme;
CREATE TEMPORARY VIEW premium AS
SELECT
    region_code, segment, programme, funding_source, sum(workers) AS workers_billed, sum(billed_idr) AS billed_idr, sum(paid_idr) AS paid_idr,
    sum(CASE WHEN $is_overdue THEN greatest(billed_idr - paid_idr, 0) ELSE 0 END) AS arrears_idr
FROM (
    SELECT
        region_code, segment, programme, funding_source, employer_key, membership_key, sum(workers) AS workers, sum(billed_idr) AS billed_idr,
        sum(paid_idr) AS paid_idr
    FROM iuran
    GROUP BY region_code, segment, programme, funding_source, employer_key, membership_key
)
GROUP BY region_code, segment, programme, funding_source;
