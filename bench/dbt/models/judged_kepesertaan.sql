{{ judged('kepesertaan', ref('stg_kepesertaan')) }}
