{{ config(materialized='external', location=env_var('BENCH_OUT') ~ '/rejected_iuran.parquet') }}
{{ rejected('iuran', ref('judged_iuran')) }}
