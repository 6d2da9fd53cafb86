{{ config(materialized='view') }}
-- depends_on: {{ ref('region') }} {{ ref('shared_name') }}
WITH staged AS ({{ staged('kepesertaan') }}),
wages AS (SELECT kode_kab AS workplace_code, max(upah_minimum::BIGINT) AS minimum_wage_idr FROM ({{ texts('umk') }}) GROUP BY kode_kab)
SELECT *
FROM staged
LEFT JOIN wages USING (workplace_code)
