-- Persons of every region, at every level, who share the same sets of `spot`; the sets of the whole nation stand beside.
WITH province AS (
    SELECT
        basis, region_code[:2] AS region_code, worker_key,
        bit_or(now) AS now, bit_or(vulnerable) AS vulnerable, bit_or(before) AS before, bit_or(earlier) AS earlier,
        bit_or(jkk) AS jkk, bit_or(jkm) AS jkm, bit_or(jht) AS jht, bit_or(jp) AS jp, bit_or(jkp) AS jkp
    FROM spot
    GROUP BY basis, region_code[:2], worker_key
),
nation AS (
    SELECT
        basis, '00' AS region_code, worker_key,
        bit_or(now) AS now, bit_or(vulnerable) AS vulnerable, bit_or(before) AS before, bit_or(earlier) AS earlier,
        bit_or(jkk) AS jkk, bit_or(jkm) AS jkm, bit_or(jht) AS jht, bit_or(jp) AS jp, bit_or(jkp) AS jkp
    FROM province
    GROUP BY basis, worker_key
),
levelled AS (FROM spot UNION ALL FROM province UNION ALL FROM nation)
SELECT
    l.* EXCLUDE (worker_key), n.now AS now_anywhere, n.before AS before_anywhere, n.earlier AS earlier_anywhere,
    count(*) AS persons
FROM levelled l
JOIN nation n USING (basis, worker_key)
GROUP BY ALL
