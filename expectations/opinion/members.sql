-- Persons in force in $month by regency of residence, segment, programme and funding source.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16))
SELECT h.region_code, h.segment, p.programme, h.funding_source, CAST(sum(h.persons) AS BIGINT) AS members
FROM holders h
JOIN programme p ON h.programmes & p.bit > 0
GROUP BY h.region_code, h.segment, p.programme, h.funding_source
