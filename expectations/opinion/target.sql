-- mart.fact_target: what was delivered, and the published targets for which nothing was.
SELECT region_code, year, frame, target_ratio, target_workers, legal_reference
FROM target
UNION ALL
SELECT region_code, year, frame, target_ratio, target_workers, legal_reference
FROM target_seed s
WHERE NOT EXISTS (SELECT 1 FROM target t WHERE t.region_code = s.region_code AND t.year = s.year AND t.frame = s.frame)
