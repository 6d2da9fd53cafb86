-- Input: raw_<kind>(file, line, every column as text) without the planted rows; region_seed from the code list.
create table region as
select region_code, level, province_code, upper(name) as name, split_part(region_code, '.', 1) as province from region_seed;

create table former_code as
select * from (values ('91.01', '93.01'), ('91.18', '93.04')) as pairs (old_code, region_code);

create macro as_name(written) as
    regexp_replace(regexp_replace(upper(trim(written)), '^KAB\.? |^KABUPATEN ', 'KABUPATEN '), '^KOTA ADM\.? ', 'KOTA ADMINISTRASI ');
create macro as_code(written) as
    case when regexp_full_match(written, '\d{4}') then written[1:2] || '.' || written[3:4] else written end;
create macro as_month(written) as cast(written || '-01' as date);
create macro as_kpj(written) as lpad(regexp_replace(regexp_replace(written, '\.0$', ''), '[^0-9]', '', 'g'), 11, '0');
create macro as_set(written) as list_sort(list_distinct(regexp_split_to_array(trim(written), '[,+/ ]+')));
create macro due_date(month) as case month
    when date '2025-01-01' then date '2025-02-17'
    when date '2025-02-01' then date '2025-03-17'
    when date '2025-03-01' then date '2025-04-15'
    else (month + interval 1 month)::date + 14 end;

create table spelling as
with written as (
    select kode_kab_domisili as text from raw_kepesertaan union select kode_kab_kerja from raw_kepesertaan
    union select kode_kab from raw_iuran union select kode_kab from raw_badan_usaha
    union select kode_kab from raw_penduduk_bekerja union select kode from raw_target union select kode_kab from raw_umk
)
select text, coalesce(direct.region_code, renamed.region_code, called.region_code) as region_code
from written
left join region direct on direct.region_code = as_code(text)
left join former_code renamed on renamed.old_code = as_code(text)
left join region called on called.name = as_name(text) and called.level = 'regency'
where text <> '';

create table membership as
select
    as_month(blth) as month, cast(tgl_data as date) as as_of_date, nik as worker, as_kpj(kpj) as kpj, nullif(npp, '') as employer, segmen as segment,
    as_set(program) as programmes, home.region_code as residence, place.region_code as workplace, cast(upah as bigint) as wage_idr,
    cast(tgl_mulai as date) as start_date, cast(nullif(tgl_akhir, '') as date) as end_date,
    case when lunas_sd <> '' then as_month(lunas_sd) end as paid_through, rentan = 'Y' as is_vulnerable,
    sumber_dana as funding_source
from raw_kepesertaan
join spelling home on home.text = kode_kab_domisili
left join spelling place on place.text = nullif(kode_kab_kerja, '');

create table bill as
select
    as_month(blth) as month, cast(tgl_data as date) as as_of_date, coalesce(nullif(npp, ''), kpj) as payer, nullif(npp, '') as employer,
    segmen as segment, program as programme, sumber_dana as funding_source, region_code, cast(jumlah_tk as bigint) as workers,
    cast(tagihan as bigint) as billed_idr, cast(dibayar as bigint) as paid_idr, cast(nullif(tgl_bayar, '') as date) as paid_date
from raw_iuran
join spelling on text = kode_kab;

create table employer as
select
    cast(tgl_data as date) as listed_on, coalesce(nullif(npp, ''), nib) as employer, npp <> '' as is_registered, nama as employer_name, kbli,
    skala as scale, region_code, cast(tk_wlkp as bigint) as declared_workers, case when program <> '' then as_set(program) end as programmes
from raw_badan_usaha
join spelling on text = kode_kab;

create table workforce as
select
    region_code, as_month(periode) as period, sumber as source, cast(tgl_rilis as date) as released_on,
    cast(penduduk_bekerja as bigint) as employed_workers, cast(asn_tni_polri as bigint) as excluded_workers,
    cast(penduduk_bekerja as bigint) - cast(asn_tni_polri as bigint) as eligible_workers
from raw_penduduk_bekerja
join spelling on text = kode_kab;

create table target as
select
    region_code, cast(tahun as integer) as year, kerangka as frame, cast(persen as decimal(9, 4)) / 100 as target_ratio,
    cast(nullif(tenaga_kerja, '') as bigint) as target_workers, dasar as legal_reference
from raw_target
join spelling on text = kode;

create table minimum_wage as
select region_code, cast(tahun as integer) as year, cast(upah_minimum as bigint) as minimum_idr
from raw_umk
join spelling on text = kode_kab;
