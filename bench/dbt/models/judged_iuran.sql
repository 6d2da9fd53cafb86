{{ judged('iuran', ref('stg_iuran')) }}
