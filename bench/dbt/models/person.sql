-- One row per person, basis and region of every level, with a mask per segment: 1 to 16 programmes, 32 member, 64 vulnerable.
WITH placed AS (
    SELECT 'RESIDENCE' AS basis, residence_code AS regency, * FROM {{ ref('in_force') }}
    UNION ALL
    SELECT 'WORKPLACE', workplace_code, * FROM {{ ref('in_force') }} WHERE workplace_code IS NOT NULL
),
levelled AS (SELECT basis, unnest([regency, regency[:2], '00']) AS region_code, worker_key, segment, mask FROM placed)
SELECT
    basis, region_code, worker_key
    {% for segment in var('segments') %}
    , coalesce(bit_or(mask) FILTER (segment = '{{ segment }}'), 0) AS {{ segment }}
    {% endfor %}
FROM levelled
GROUP BY ALL
