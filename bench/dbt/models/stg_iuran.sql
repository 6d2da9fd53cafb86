{{ config(materialized='view') }}
-- depends_on: {{ ref('region') }} {{ ref('shared_name') }}
{{ staged('iuran') }}
