{% for programme in var('programmes') %}
SELECT region_code, basis, segment, '{{ programme }}' AS programme, sum(persons)::BIGINT AS active_workers
FROM {{ ref('scoped') }}
WHERE mask & {{ 2 ** loop.index0 }} > 0
GROUP BY ALL
{{ 'UNION ALL' if not loop.last }}
{% endfor %}
