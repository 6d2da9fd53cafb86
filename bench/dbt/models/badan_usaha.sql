{{ accepted('badan_usaha', ref('judged_badan_usaha'), ref('repeated_badan_usaha')) }}
