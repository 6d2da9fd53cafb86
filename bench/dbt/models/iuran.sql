{{ accepted('iuran', ref('judged_iuran')) }}
