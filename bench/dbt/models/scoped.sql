-- How many persons have one mask in a region and a scope, a scope being a segment or several.
{% for scope, members in var('scopes').items() %}
SELECT basis, region_code, '{{ scope }}' AS segment, {{ members | join(' | ') }} AS mask, sum(persons) AS persons
FROM {{ ref('alike') }}
GROUP BY ALL
HAVING mask > 0
{{ 'UNION ALL' if not loop.last }}
{% endfor %}
