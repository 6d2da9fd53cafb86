{{ config(materialized='view') }}
SELECT
    region_code, segment, programme, funding_source, employer_key, membership_key, sum(workers) AS workers, sum(billed_idr) AS billed_idr,
    sum(paid_idr) AS paid_idr
FROM {{ ref('iuran') }}
GROUP BY ALL
