SELECT
    region_code, basis, segment, sum(persons)::BIGINT AS active_workers,
    coalesce(sum(persons) FILTER (mask & 64 > 0), 0)::BIGINT AS vulnerable_workers
FROM {{ ref('scoped') }}
GROUP BY ALL
