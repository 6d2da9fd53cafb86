-- The last month billed to each employer up to which all its payments reach the bills of every account.
WITH reached AS (
    SELECT m.npp, m.month, max(a.short) AS short
    FROM (SELECT DISTINCT npp, month FROM billed WHERE billed > 0) m
    JOIN LATERAL (
        SELECT sum(b.billed) FILTER (b.month <= m.month) - sum(b.paid) AS short
        FROM billed b
        WHERE b.npp = m.npp
        GROUP BY b.region_code, b.segment, b.programme, b.funding_source
    ) a ON true
    GROUP BY m.npp, m.month
)
SELECT npp, max(month) AS paid_through FROM reached WHERE coalesce(short, 0) <= 0 GROUP BY npp
