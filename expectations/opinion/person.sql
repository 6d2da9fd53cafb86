-- Persons of every region, at every level, who share the same sets of `spot`; the sets of the whole nation stand beside.
-- Most persons have one place: they count alike at every level. The others are put together level by level.
WITH mine AS NOT MATERIALIZED (FROM spot WHERE hash(worker_key) BETWEEN $first AND $last),
several AS (SELECT worker_key FROM mine GROUP BY worker_key HAVING count(*) > 1),
settled AS (
    SELECT residence_code, workplace_code, held, count(*) AS persons
    FROM mine
    ANTI JOIN several USING (worker_key)
    GROUP BY residence_code, workplace_code, held
),
moving AS (FROM mine SEMI JOIN several USING (worker_key)),
regency AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS region_code, worker_key, bit_or(held) AS held
    FROM moving
    GROUP BY residence_code, worker_key
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, worker_key, bit_or(held)
    FROM moving
    WHERE workplace_code IS NOT NULL
    GROUP BY workplace_code, worker_key
),
province AS (
    SELECT basis, region_code[:2] AS region_code, worker_key, bit_or(held) AS held
    FROM regency
    GROUP BY basis, region_code[:2], worker_key
),
nation AS (SELECT basis, '00' AS region_code, worker_key, bit_or(held) AS held FROM province GROUP BY basis, worker_key),
levelled AS (
    SELECT basis, unnest([region_code, region_code[:2], '00']) AS region_code, held, held AS anywhere, persons
    FROM (
        SELECT 'RESIDENCE' AS basis, residence_code AS region_code, held, persons FROM settled
        UNION ALL
        SELECT 'WORKPLACE', workplace_code, held, persons FROM settled WHERE workplace_code IS NOT NULL
    )
    UNION ALL
    SELECT l.basis, l.region_code, l.held, n.held, 1
    FROM (FROM regency UNION ALL FROM province UNION ALL FROM nation) l
    JOIN nation n USING (basis, worker_key)
)
SELECT
    basis, region_code,
    held & 15 AS now, held >> 4 & 15 AS vulnerable, held >> 8 & 15 AS before, held >> 12 & 15 AS earlier,
    held >> 16 & 15 AS jkk, held >> 20 & 15 AS jkm, held >> 24 & 15 AS jht, held >> 28 & 15 AS jp, held >> 32 & 15 AS jkp,
    anywhere & 15 AS now_anywhere, anywhere >> 8 & 15 AS before_anywhere, anywhere >> 12 & 15 AS earlier_anywhere,
    sum(persons) AS persons
FROM levelled
GROUP BY ALL
