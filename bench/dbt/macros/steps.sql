-- The steps that every kind of extract goes through. `kinds` of the variables holds its columns, rules and key.

{% macro texts(kind) %}
{% if var('format') == 'csv' %}
SELECT *, NULL::BIGINT AS line_no
FROM read_csv('{{ var("source") }}/{{ kind }}_*.csv', delim=';', header=true, all_varchar=true, quote='', filename='file')
{% else %}
SELECT * EXCLUDE file_row_number, file_row_number + 1 AS line_no
FROM read_parquet('{{ var("source") }}/{{ kind }}_*.parquet', filename='file', file_row_number=true)
{% endif %}
{% endmacro %}

{% macro staged(kind) %}
SELECT
    file, line_no,
    {% for one in var('kinds')[kind].columns %}
    {{ one.text }} AS {{ one.raw }}, {{ one.parsed | join(', ') }}{{ ',' if not loop.last }}
    {% endfor %}
FROM ({{ texts(kind) }})
{% endmacro %}

{% macro judged(kind, rows) %}
SELECT
    *,
    concat_ws(','
        {% for rule in var('kinds')[kind].rules %}
        , CASE WHEN NOT ({{ rule.holds }}) THEN '{{ rule.name }}' END
        {% endfor %}
    ) AS rules
FROM {{ rows }}
{% endmacro %}

{% macro repeated(kind, rows) %}
SELECT rowid AS row
FROM {{ rows }}
WHERE rules = ''
QUALIFY row_number() OVER (PARTITION BY {{ var('kinds')[kind].key | join(', ') }} ORDER BY file, line_no, rowid) > 1
{% endmacro %}

{% macro accepted(kind, rows, again=none) %}
SELECT
    {% for one in var('kinds')[kind].stored %}
    {% if one.secret %}md5_number('{{ var("secret") }}' || {{ one.name }}) AS {% endif %}{{ one.name }}{{ ',' if not loop.last }}
    {% endfor %}
FROM {{ rows }}
WHERE rules = '' {% if again %}AND rowid NOT IN (SELECT row FROM {{ again }}){% endif %}
{% endmacro %}

{% macro rejected(kind, rows, again=none) %}
SELECT
    * EXCLUDE (rules{% for name in var('kinds')[kind].ids %}, {{ name }}{% endfor %}),
    {% if again %}if(rules = '', 'duplicate_row', rules){% else %}rules{% endif %} AS rules
FROM {{ rows }}
WHERE rules <> '' {% if again %}OR rowid IN (SELECT row FROM {{ again }}){% endif %}
{% endmacro %}
