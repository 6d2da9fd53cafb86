{{ config(materialized='external', location=env_var('BENCH_OUT') ~ '/rejected_kepesertaan.parquet') }}
{{ rejected('kepesertaan', ref('judged_kepesertaan'), ref('repeated_kepesertaan')) }}
