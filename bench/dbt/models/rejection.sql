{% for kind in ('kepesertaan', 'iuran', 'badan_usaha') %}
SELECT '{{ kind }}' AS kind, rules, count(*) AS rows FROM {{ ref('rejected_' ~ kind) }} GROUP BY rules
{{ 'UNION ALL' if not loop.last }}
{% endfor %}
