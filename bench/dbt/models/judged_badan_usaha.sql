{{ judged('badan_usaha', ref('stg_badan_usaha')) }}
