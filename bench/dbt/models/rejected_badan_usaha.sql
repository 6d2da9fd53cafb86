{{ config(materialized='external', location=env_var('BENCH_OUT') ~ '/rejected_badan_usaha.parquet') }}
{{ rejected('badan_usaha', ref('judged_badan_usaha'), ref('repeated_badan_usaha')) }}
