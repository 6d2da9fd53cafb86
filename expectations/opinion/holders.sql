-- How many persons hold which programmes in $month, by regency of residence, segment and funding source.
WITH holder AS (
    SELECT residence_code AS region_code, segment, funding_source, worker_key, bit_or(programmes) AS programmes
    FROM in_force
    WHERE hash(worker_key) BETWEEN $first AND $last
    GROUP BY residence_code, segment, funding_source, worker_key
)
SELECT region_code, segment, funding_source, programmes, count(*) AS persons
FROM holder
GROUP BY region_code, segment, funding_source, programmes
