SELECT basis, region_code, {{ var('segments') | join(', ') }}, count(*) AS persons
FROM {{ ref('person') }}
GROUP BY ALL
