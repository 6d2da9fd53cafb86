{{ config(materialized='view') }}
SELECT worker_key, segment, residence_code, workplace_code, programmes::INTEGER + 32 + 64 * is_vulnerable::INTEGER AS mask
FROM {{ ref('kepesertaan') }}
WHERE start_date <= DATE '{{ var("reference") }}' AND (end_date IS NULL OR end_date >= DATE '{{ var("reference") }}')
  AND (segment <> 'BPU' OR paid_through >= DATE '{{ var("oldest_paid") }}')
