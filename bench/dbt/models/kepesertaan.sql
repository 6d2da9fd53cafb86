{{ accepted('kepesertaan', ref('judged_kepesertaan'), ref('repeated_kepesertaan')) }}
