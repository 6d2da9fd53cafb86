{{ repeated('kepesertaan', ref('judged_kepesertaan')) }}
