{{ repeated('badan_usaha', ref('judged_badan_usaha')) }}
