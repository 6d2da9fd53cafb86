-- Persons in force in $month by regency of residence, segment, programme and funding source.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
holder AS (
    SELECT residence_code AS region_code, segment, funding_source, worker_key, bit_or(programmes) AS programmes
    FROM in_force
    GROUP BY residence_code, segment, funding_source, worker_key
),
held AS (
    SELECT region_code, segment, funding_source, programmes, count(*) AS persons
    FROM holder
    GROUP BY region_code, segment, funding_source, programmes
)
SELECT h.region_code, h.segment, p.programme, h.funding_source, CAST(sum(h.persons) AS BIGINT) AS members
FROM held h
JOIN programme p ON h.programmes & p.bit > 0
GROUP BY h.region_code, h.segment, p.programme, h.funding_source
