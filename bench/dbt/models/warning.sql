{% for kind in ('kepesertaan', 'iuran') %}
{% for rule in var('kinds')[kind].warnings %}
SELECT '{{ rule.name }}' AS rule, count(*) FILTER (NOT ({{ rule.holds }})) AS rows FROM {{ ref('judged_' ~ kind) }} UNION ALL
{% endfor %}
{% endfor %}
SELECT NULL, 0 LIMIT 0
