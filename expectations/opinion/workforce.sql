-- mart.fact_workforce: every release.
SELECT
    region_code, period, source, released_on, employed_workers, excluded_workers,
    employed_workers - excluded_workers AS eligible_workers
FROM penduduk_bekerja
