-- The floor: the best DuckDB script we know for one month of memberships, contributions and employers.
--
-- It reads, parses, judges every row rule, writes the rejected rows with the names of their rules, leaves out second
-- rows of a key, replaces ids, counts persons exactly at every level and scope, adds up contributions and loads tables.
-- Each file is read once. A row is judged by one conjunction; only where that fails are the rules asked one by one.
-- It reads only the spellings that the extracts of the bench use, and it does not report, audit or publish.
-- An id becomes the hash of its number mixed with a key: a bijection, as AES is, at about the price of an AES block.
-- The runner makes the views raw_kepesertaan, raw_iuran, raw_badan_usaha, raw_umk (texts, with file and line_no), the
-- tables region(region_code), shared_name(name), and the variables month, as_of, reference, oldest_paid, due, key.

CREATE TYPE region AS ENUM (SELECT region_code FROM region ORDER BY region_code);
CREATE TYPE segment AS ENUM ('PU', 'BPU', 'JAKON', 'PMI');
CREATE TYPE programme AS ENUM ('JKK', 'JKM', 'JHT', 'JP', 'JKP');
CREATE TYPE funding AS ENUM ('EMPLOYER', 'SELF', 'APBD_REGENCY', 'APBD_PROVINCE', 'APBN', 'DBH_SAWIT', 'DBHCHT', 'VILLAGE_FUND', 'CSR', 'BAZNAS', 'DONOR');
CREATE TYPE sex AS ENUM ('L', 'P');
CREATE TYPE scale AS ENUM ('MIKRO', 'KECIL', 'MENENGAH', 'BESAR');
CREATE TYPE risk AS ENUM ('SANGAT_RENDAH', 'RENDAH', 'SEDANG', 'TINGGI', 'SANGAT_TINGGI');
CREATE MACRO digits(id, count) AS strlen(id) = count AND regexp_full_match(id, '[0-9]+');
CREATE MACRO first_day(text) AS TRY_CAST(text || '-01' AS DATE);
CREATE MACRO set_of_programmes(text) AS CASE
    WHEN regexp_full_match(text, '(JKK|JKM|JHT|JP|JKP)([,+/; |]+(JKK|JKM|JHT|JP|JKP))*')
    THEN (contains(text, 'JKK')::UTINYINT + 2 * contains(text, 'JKM')::UTINYINT + 4 * contains(text, 'JHT')::UTINYINT
        + 8 * regexp_matches(text, '\bJP\b')::UTINYINT + 16 * contains(text, 'JKP')::UTINYINT)::UTINYINT END;
CREATE MACRO holds_nik(id) AS strlen(id) >= 16 AND regexp_matches(id, '[0-9]{16}');
CREATE MACRO names_several(text) AS list_contains(getvariable('shared'), upper(text));
CREATE MACRO rule(broken, name) AS CASE WHEN broken THEN name END;
CREATE MACRO token(id) AS hash(xor(id, getvariable('key')));
SET VARIABLE shared = (SELECT list(name) FROM shared_name);

CREATE MACRO parsed_membership(source) AS TABLE
WITH parsed AS (
    SELECT
        *,
        first_day(blth) AS month, TRY_CAST(tgl_data AS DATE) AS as_of_date,
        CASE WHEN digits(nik, 16) THEN nik::UBIGINT END AS person, CASE WHEN digits(kpj, 11) THEN kpj::UBIGINT END AS membership,
        TRY_CAST(segmen AS segment) AS segment, set_of_programmes(program) AS programmes,
        TRY_CAST(kode_kab_domisili AS region) AS residence, TRY_CAST(kode_kab_kerja AS region) AS workplace,
        TRY_CAST(tgl_lahir AS DATE) AS birth_date, TRY_CAST(jk AS sex) AS sex, TRY_CAST(upah AS BIGINT) AS wage_idr,
        TRY_CAST(tgl_mulai AS DATE) AS start_date, TRY_CAST(tgl_akhir AS DATE) AS end_date, first_day(lunas_sd) AS paid_through,
        TRY_CAST(sumber_dana AS funding) AS funding_source,
        CASE rentan WHEN 'Y' THEN true WHEN 'T' THEN false END AS is_vulnerable, TRY_CAST(nilai_kontrak AS BIGINT) AS contract_value_idr
    FROM query_table(source)
)
SELECT
    *, person // 100000000000000 AS nik_province, person // 1000000 % 100 AS nik_month,
    CASE WHEN person // 100000000 % 100 > 40 THEN person // 100000000 % 100 - 40 ELSE person // 100000000 % 100 END AS nik_day
FROM parsed;
CREATE TEMP TABLE judged_membership AS
WITH judged AS (
    SELECT
        *,
        coalesce(
            month IS NOT NULL AND as_of_date >= month AND person IS NOT NULL AND membership IS NOT NULL AND segment IS NOT NULL
            AND programmes IS NOT NULL AND residence IS NOT NULL AND (workplace IS NOT NULL OR kode_kab_kerja IS NULL)
            AND (birth_date IS NOT NULL OR tgl_lahir IS NULL) AND (sex IS NOT NULL OR jk IS NULL) AND wage_idr BETWEEN 0 AND 1000000000
            AND start_date <= as_of_date AND (start_date <= end_date OR tgl_akhir IS NULL) AND (paid_through IS NOT NULL OR lunas_sd IS NULL)
            AND funding_source IS NOT NULL AND is_vulnerable IS NOT NULL
            AND (contract_value_idr BETWEEN 0 AND 999999999999999 OR nilai_kontrak IS NULL)
            AND (npp IS NOT NULL OR segment NOT IN ('PU', 'JAKON')) AND (npp IS NULL OR (npp <> '''' AND NOT holds_nik(npp)))
            AND (nik_province BETWEEN 11 AND 19 OR nik_province = 21 OR nik_province BETWEEN 31 AND 36 OR nik_province BETWEEN 51 AND 53
                OR nik_province BETWEEN 61 AND 65 OR nik_province BETWEEN 71 AND 76 OR nik_province IN (81, 82) OR nik_province BETWEEN 91 AND 96)
            AND nik_day BETWEEN 1 AND 31 AND nik_month BETWEEN 1 AND 12,
            false
        ) AS is_good
    FROM parsed_membership('raw_kepesertaan')
)
SELECT
    token(person) AS worker_key, token(membership) AS membership_key, npp AS employer_key, segment, sub_sektor AS sub_sector, programmes,
    residence AS residence_code, workplace AS workplace_code, birth_date, sex, wage_idr, start_date, end_date, paid_through,
    funding_source, is_vulnerable, contract_value_idr, month, as_of_date,
    segment = 'PU' AND wage_idr < w.minimum_wage_idr AS has_low_wage,
    day(birth_date) <> person // 100000000 % 100 % 40 OR month(birth_date) <> nik_month
        OR year(birth_date) % 100 <> person // 10000 % 100 AS has_other_birth,
    (year(j.month) - year(birth_date)) * 12 + month(j.month) - month(birth_date) NOT BETWEEN 180 AND 791 AS has_odd_age,
    is_good,
    CASE WHEN NOT is_good THEN struct_pack(file := file, line_no := line_no, blth := blth, tgl_data := tgl_data, nik := nik, kpj := kpj, npp := npp, segmen := segmen,
        program := program, kode_kab_domisili := kode_kab_domisili, kode_kab_kerja := kode_kab_kerja, tgl_lahir := tgl_lahir, jk := jk, upah :=
        upah, tgl_mulai := tgl_mulai, tgl_akhir := tgl_akhir, lunas_sd := lunas_sd, sumber_dana := sumber_dana, rentan := rentan, nilai_kontrak :=
        nilai_kontrak) END AS raw
FROM judged j
LEFT JOIN (SELECT TRY_CAST(kode_kab AS region) AS workplace, upah_minimum::BIGINT AS minimum_wage_idr FROM raw_umk) w USING (workplace);
CREATE TEMP TABLE bad_membership AS SELECT unnest(raw) FROM judged_membership WHERE NOT is_good;
CREATE TEMP TABLE rejected_membership AS
SELECT
    file, line_no,
    concat_ws(',',
        rule(blth IS NULL, 'blth_missing'), rule(blth IS NOT NULL AND month IS NULL, 'blth_unreadable'),
        rule(tgl_data IS NULL, 'tgl_data_missing'), rule(tgl_data IS NOT NULL AND as_of_date IS NULL, 'tgl_data_unreadable'),
        rule(nik IS NULL, 'nik_missing'), rule(nik = '''', 'nik_unreadable'), rule(nik <> '''' AND person IS NULL, 'nik_format'),
        rule(kpj IS NULL, 'kpj_missing'), rule(kpj = '''', 'kpj_unreadable'), rule(kpj <> '''' AND membership IS NULL, 'kpj_format'),
        rule(holds_nik(npp), 'npp_holds_nik'), rule(npp = '''', 'npp_unreadable'),
        rule(segmen IS NULL, 'segmen_missing'), rule(segmen IS NOT NULL AND segment IS NULL, 'segmen_unknown'),
        rule(program IS NULL, 'program_missing'), rule(program IS NOT NULL AND programmes IS NULL, 'program_unreadable'),
        rule(kode_kab_domisili IS NULL, 'kode_kab_domisili_missing'),
        rule(residence IS NULL AND names_several(kode_kab_domisili), 'kode_kab_domisili_ambiguous'),
        rule(residence IS NULL AND NOT names_several(kode_kab_domisili), 'kode_kab_domisili_unknown'),
        rule(workplace IS NULL AND names_several(kode_kab_kerja), 'kode_kab_kerja_ambiguous'),
        rule(workplace IS NULL AND NOT names_several(kode_kab_kerja), 'kode_kab_kerja_unknown'),
        rule(tgl_lahir IS NOT NULL AND birth_date IS NULL, 'tgl_lahir_unreadable'), rule(jk IS NOT NULL AND sex IS NULL, 'jk_unknown'),
        rule(upah IS NULL, 'upah_missing'), rule(upah IS NOT NULL AND wage_idr IS NULL, 'upah_unreadable'),
        rule(wage_idr < 0, 'upah_negative'), rule(wage_idr > 1000000000, 'upah_too_large'),
        rule(tgl_mulai IS NULL, 'tgl_mulai_missing'), rule(tgl_mulai IS NOT NULL AND start_date IS NULL, 'tgl_mulai_unreadable'),
        rule(tgl_akhir IS NOT NULL AND end_date IS NULL, 'tgl_akhir_unreadable'), rule(lunas_sd IS NOT NULL AND paid_through IS NULL, 'lunas_sd_unreadable'),
        rule(sumber_dana IS NULL, 'sumber_dana_missing'), rule(sumber_dana IS NOT NULL AND funding_source IS NULL, 'sumber_dana_unknown'),
        rule(rentan IS NULL, 'rentan_missing'), rule(rentan IS NOT NULL AND is_vulnerable IS NULL, 'rentan_unreadable'),
        rule(nilai_kontrak IS NOT NULL AND contract_value_idr IS NULL, 'nilai_kontrak_unreadable'),
        rule(contract_value_idr < 0, 'nilai_kontrak_negative'), rule(contract_value_idr > 999999999999999, 'nilai_kontrak_too_large'),
        rule(nik_province NOT BETWEEN 11 AND 96 OR nik_province IN (20, 30, 40, 50, 60, 70, 80, 90) OR nik_province BETWEEN 22 AND 29
            OR nik_province BETWEEN 37 AND 49 OR nik_province BETWEEN 54 AND 59 OR nik_province BETWEEN 66 AND 69
            OR nik_province BETWEEN 77 AND 79 OR nik_province BETWEEN 83 AND 89, 'nik_province'),
        rule(nik_day NOT BETWEEN 1 AND 31, 'nik_birth_day'), rule(nik_month NOT BETWEEN 1 AND 12, 'nik_birth_month'),
        rule(segment IN ('PU', 'JAKON') AND npp IS NULL, 'employer_missing'), rule(start_date > end_date, 'start_after_end'),
        rule(start_date > as_of_date, 'start_after_as_of'), rule(as_of_date < month, 'as_of_before_month')
    ) AS rules,
    to_json({
        'blth': blth, 'tgl_data': tgl_data, 'nik': '********', 'kpj': '********', 'npp': npp, 'segmen': segmen, 'program': program,
        'kode_kab_domisili': kode_kab_domisili, 'kode_kab_kerja': kode_kab_kerja, 'jk': jk, 'upah': upah, 'tgl_mulai': tgl_mulai,
        'tgl_akhir': tgl_akhir, 'lunas_sd': lunas_sd, 'sumber_dana': sumber_dana, 'rentan': rentan, 'nilai_kontrak': nilai_kontrak}) AS masked_row
FROM parsed_membership('bad_membership');
COPY rejected_membership TO '$OUT/rejected_kepesertaan.parquet' (COMPRESSION zstd);
CREATE TABLE rejection AS SELECT 'kepesertaan' AS kind, rules, count(*) AS rows FROM rejected_membership GROUP BY rules;

-- Of rows with one key the first stays. A membership number that stands once needs no comparing.
CREATE TEMP TABLE repeated AS
SELECT rowid AS row
FROM (
    SELECT rowid, row_number() OVER (PARTITION BY month, as_of_date, membership_key, employer_key, segment ORDER BY rowid) AS place
    FROM judged_membership
    WHERE is_good AND membership_key IN (SELECT membership_key FROM judged_membership WHERE is_good GROUP BY membership_key HAVING count(*) > 1)
)
WHERE place > 1;

COPY (SELECT * FROM judged_membership WHERE rowid IN (SELECT row FROM repeated)) TO '$OUT/repeated_kepesertaan.parquet' (COMPRESSION zstd);
INSERT INTO rejection SELECT 'kepesertaan', 'duplicate_row', count(*) FROM repeated;
CREATE TABLE warning AS
SELECT
    count(*) FILTER (has_low_wage) AS wage_below_minimum, count(*) FILTER (has_other_birth) AS birth_date_differs_from_nik,
    count(*) FILTER (has_odd_age) AS age_outside_15_to_65
FROM judged_membership;

CREATE TABLE membership AS
SELECT
    * EXCLUDE (has_low_wage, has_other_birth, has_odd_age, is_good, raw),
    -- One word per membership in force: segment at bit 0, vulnerable at 4, programme p at 8 + 4p; 0 where not in force.
    CASE WHEN start_date <= getvariable('reference') AND (end_date IS NULL OR end_date >= getvariable('reference'))
          AND (segment <> 'BPU' OR coalesce(paid_through >= getvariable('oldest_paid'), false))
    THEN ((1 + 16 * is_vulnerable::UINTEGER + 256 * (programmes & 1)::UINTEGER + 2048 * (programmes & 2)::UINTEGER
         + 16384 * (programmes & 4)::UINTEGER + 131072 * (programmes & 8)::UINTEGER + 1048576 * (programmes & 16)::UINTEGER)
         << enum_code(segment)::UINTEGER)::UINTEGER
    ELSE 0 END AS word
FROM judged_membership
WHERE is_good AND NOT EXISTS (FROM repeated WHERE row = judged_membership.rowid);
DROP TABLE judged_membership;

-- Persons with one membership in force are alike by places and word; only the others have to be brought together.
CREATE TEMP TABLE several AS SELECT worker_key FROM membership WHERE word > 0 GROUP BY worker_key HAVING count(*) > 1;
CREATE TEMP TABLE alike AS
SELECT residence_code, workplace_code, word, count(*) AS persons
FROM membership
WHERE word > 0 AND NOT EXISTS (FROM several s WHERE s.worker_key = membership.worker_key)
GROUP BY ALL;
CREATE TEMP TABLE placed AS
SELECT worker_key, basis, regency::VARCHAR AS regency, bit_or(word) AS word
FROM (
    SELECT worker_key, word, unnest(['RESIDENCE', 'WORKPLACE']) AS basis, unnest([residence_code, workplace_code]) AS regency
    FROM membership SEMI JOIN several USING (worker_key)
    WHERE word > 0
)
WHERE regency IS NOT NULL
GROUP BY ALL;
CREATE TEMP TABLE worded AS
SELECT basis, unnest([regency, regency[:2], '00']) AS region_code, word, persons
FROM (
    SELECT 'RESIDENCE' AS basis, residence_code::VARCHAR AS regency, word, sum(persons) AS persons FROM alike GROUP BY ALL
    UNION ALL
    SELECT 'WORKPLACE', workplace_code::VARCHAR, word, sum(persons) FROM alike WHERE workplace_code IS NOT NULL GROUP BY ALL
)
UNION ALL
SELECT basis, region_code, word, count(*)
FROM (
    SELECT basis, region_code, worker_key, bit_or(word) AS word
    FROM (SELECT basis, unnest([regency, regency[:2], '00']) AS region_code, worker_key, word FROM placed)
    GROUP BY ALL
)
GROUP BY ALL;
CREATE TEMP TABLE scope AS
FROM (VALUES ('PU', 1::UINTEGER), ('BPU', 2), ('JAKON', 4), ('PMI', 8), ('UCJ', 7), ('ALL', 15)) scope(segment, mask);
CREATE TEMP TABLE bare AS SELECT basis, region_code, word, sum(persons) AS persons FROM worded GROUP BY ALL;

CREATE TABLE coverage AS
SELECT
    region_code, basis, segment, sum(persons)::BIGINT AS active_workers,
    coalesce(sum(persons) FILTER (word & (mask << 4) <> 0), 0)::BIGINT AS vulnerable_workers
FROM bare
JOIN scope ON word & mask <> 0
GROUP BY ALL;
CREATE TABLE programme_coverage AS
SELECT region_code, basis, segment, programme, sum(persons)::BIGINT AS active_workers
FROM bare
JOIN scope ON word & mask <> 0
JOIN (VALUES ('JKK', 8), ('JKM', 12), ('JHT', 16), ('JP', 20), ('JKP', 24)) p(programme, first_bit) ON word & (mask << first_bit) <> 0
GROUP BY ALL;

CREATE MACRO parsed_bill(source) AS TABLE
SELECT
    *,
    first_day(blth) AS month, TRY_CAST(tgl_data AS DATE) AS as_of_date, CASE WHEN digits(kpj, 11) THEN kpj::UBIGINT END AS membership,
    TRY_CAST(segmen AS segment) AS segment, TRY_CAST(program AS programme) AS programme, TRY_CAST(sumber_dana AS funding) AS funding_source,
    TRY_CAST(kode_kab AS region) AS region_code, TRY_CAST(jumlah_tk AS BIGINT) AS workers, TRY_CAST(tagihan AS BIGINT) AS billed_idr,
    TRY_CAST(dibayar AS BIGINT) AS paid_idr, TRY_CAST(tgl_bayar AS DATE) AS paid_date
FROM query_table(source);
CREATE TEMP TABLE judged_bill AS
WITH judged AS (
    SELECT
        *,
        coalesce(
            month IS NOT NULL AND as_of_date >= month AND (npp IS NULL OR (npp <> '''' AND NOT holds_nik(npp)))
            AND (membership IS NOT NULL OR kpj IS NULL) AND segment IS NOT NULL AND programme IS NOT NULL AND funding_source IS NOT NULL
            AND region_code IS NOT NULL AND workers BETWEEN 0 AND 9999999 AND billed_idr BETWEEN 0 AND 999999999999999
            AND paid_idr BETWEEN 0 AND 999999999999999 AND (paid_date IS NOT NULL OR tgl_bayar IS NULL) AND (npp IS NOT NULL OR kpj IS NOT NULL),
            false
        ) AS is_good
    FROM parsed_bill('raw_iuran')
)
SELECT
    month, as_of_date, npp AS employer_key, token(membership) AS membership_key, segment, programme, funding_source, region_code, workers,
    billed_idr, paid_idr, paid_date, no_bukti AS receipt_no, is_good,
    paid_idr > billed_idr AS is_overpaid,
    CASE WHEN NOT is_good THEN struct_pack(file := file, line_no := line_no, blth := blth, tgl_data := tgl_data, npp := npp, kpj := kpj, segmen := segmen, program :=
        program, sumber_dana := sumber_dana, kode_kab := kode_kab, jumlah_tk := jumlah_tk, tagihan := tagihan, dibayar := dibayar, tgl_bayar :=
        tgl_bayar) END AS raw
FROM judged;
CREATE TEMP TABLE bad_bill AS SELECT unnest(raw) FROM judged_bill WHERE NOT is_good;
CREATE TEMP TABLE rejected_bill AS
SELECT
    file, line_no,
    concat_ws(',',
        rule(blth IS NULL, 'blth_missing'), rule(blth IS NOT NULL AND month IS NULL, 'blth_unreadable'),
        rule(tgl_data IS NULL, 'tgl_data_missing'), rule(tgl_data IS NOT NULL AND as_of_date IS NULL, 'tgl_data_unreadable'),
        rule(holds_nik(npp), 'npp_holds_nik'), rule(npp = '''', 'npp_unreadable'),
        rule(kpj = '''', 'kpj_unreadable'), rule(kpj <> '''' AND membership IS NULL, 'kpj_format'),
        rule(segmen IS NULL, 'segmen_missing'), rule(segmen IS NOT NULL AND segment IS NULL, 'segmen_unknown'),
        rule(program IS NULL, 'program_missing'), rule(program IS NOT NULL AND programme IS NULL, 'program_unknown'),
        rule(sumber_dana IS NULL, 'sumber_dana_missing'), rule(sumber_dana IS NOT NULL AND funding_source IS NULL, 'sumber_dana_unknown'),
        rule(kode_kab IS NULL, 'kode_kab_missing'), rule(region_code IS NULL AND names_several(kode_kab), 'kode_kab_ambiguous'),
        rule(region_code IS NULL AND NOT names_several(kode_kab), 'kode_kab_unknown'),
        rule(jumlah_tk IS NULL, 'jumlah_tk_missing'), rule(jumlah_tk IS NOT NULL AND workers IS NULL, 'jumlah_tk_unreadable'),
        rule(workers < 0, 'jumlah_tk_negative'), rule(workers > 9999999, 'jumlah_tk_too_large'),
        rule(tagihan IS NULL, 'tagihan_missing'), rule(tagihan IS NOT NULL AND billed_idr IS NULL, 'tagihan_unreadable'),
        rule(billed_idr < 0, 'tagihan_negative'), rule(billed_idr > 999999999999999, 'tagihan_too_large'),
        rule(dibayar IS NULL, 'dibayar_missing'), rule(dibayar IS NOT NULL AND paid_idr IS NULL, 'dibayar_unreadable'),
        rule(paid_idr < 0, 'dibayar_negative'), rule(paid_idr > 999999999999999, 'dibayar_too_large'),
        rule(tgl_bayar IS NOT NULL AND paid_date IS NULL, 'tgl_bayar_unreadable'), rule(npp IS NULL AND kpj IS NULL, 'payer_missing'),
        rule(as_of_date < month, 'as_of_before_month')
    ) AS rules,
    to_json({
        'blth': blth, 'tgl_data': tgl_data, 'npp': npp, 'kpj': '********', 'segmen': segmen, 'program': program, 'sumber_dana': sumber_dana,
        'kode_kab': kode_kab, 'jumlah_tk': jumlah_tk, 'tagihan': tagihan, 'dibayar': dibayar, 'tgl_bayar': tgl_bayar}) AS masked_row
FROM parsed_bill('bad_bill');
COPY rejected_bill TO '$OUT/rejected_iuran.parquet' (COMPRESSION zstd);
INSERT INTO rejection SELECT 'iuran', rules, count(*) FROM rejected_bill GROUP BY rules;
ALTER TABLE warning ADD COLUMN paid_above_billed BIGINT;
UPDATE warning SET paid_above_billed = (SELECT count(*) FROM judged_bill WHERE is_overpaid);
CREATE TABLE bill AS SELECT * EXCLUDE (is_good, is_overpaid, raw) FROM judged_bill WHERE is_good;
DROP TABLE judged_bill;

CREATE TABLE premium AS
WITH received AS (
    SELECT
        region_code, segment, programme, funding_source, sum(workers)::BIGINT AS workers_billed, sum(billed_idr)::BIGINT AS billed_idr,
        sum(paid_idr)::BIGINT AS paid_idr
    FROM bill
    GROUP BY ALL
),
account AS (
    SELECT region_code, segment, programme, funding_source, greatest(sum(billed_idr) - sum(paid_idr), 0) AS owed
    FROM bill
    GROUP BY employer_key, membership_key, region_code, segment, programme, funding_source
),
arrears AS (SELECT region_code, segment, programme, funding_source, sum(owed)::BIGINT AS arrears_idr FROM account GROUP BY ALL)
SELECT r.*, CASE WHEN getvariable('due') < getvariable('as_of') THEN arrears_idr ELSE 0 END AS arrears_idr
FROM received r
JOIN arrears USING (region_code, segment, programme, funding_source);

CREATE TEMP TABLE judged_employer AS
WITH parsed AS (
    SELECT
        *,
        TRY_CAST(tgl_data AS DATE) AS as_of_date, TRY_CAST(skala AS scale) AS scale, TRY_CAST(kelas_risiko AS risk) AS risk_class,
        CASE padat_karya WHEN 'Y' THEN true WHEN 'T' THEN false END AS labour_intensive, TRY_CAST(kode_kab AS region) AS region_code,
        TRY_CAST(tk_wlkp AS BIGINT) AS declared_workers, set_of_programmes(program) AS programmes, TRY_CAST(tgl_daftar AS DATE) AS registered_on
    FROM raw_badan_usaha
)
SELECT
    as_of_date, npp, nib, nama AS employer_name, kbli, scale, risk_class, labour_intensive, region_code, declared_workers, programmes,
    registered_on, file, line_no,
    nullif(concat_ws(',',
        rule(tgl_data IS NULL, 'tgl_data_missing'), rule(tgl_data IS NOT NULL AND as_of_date IS NULL, 'tgl_data_unreadable'),
        rule(holds_nik(npp), 'npp_holds_nik'), rule(npp = '''', 'npp_unreadable'),
        rule(holds_nik(nib), 'nib_holds_nik'), rule(nib = '''', 'nib_unreadable'), rule(nama IS NULL, 'nama_missing'),
        rule(kbli IS NULL, 'kbli_missing'), rule(kbli = '''', 'kbli_unreadable'), rule(kbli <> '''' AND NOT digits(kbli, 5), 'kbli_format'),
        rule(skala IS NULL, 'skala_missing'), rule(skala IS NOT NULL AND scale IS NULL, 'skala_unknown'),
        rule(kelas_risiko IS NULL, 'kelas_risiko_missing'), rule(kelas_risiko IS NOT NULL AND risk_class IS NULL, 'kelas_risiko_unknown'),
        rule(padat_karya IS NULL, 'padat_karya_missing'), rule(padat_karya IS NOT NULL AND labour_intensive IS NULL, 'padat_karya_unreadable'),
        rule(kode_kab IS NULL, 'kode_kab_missing'), rule(region_code IS NULL AND names_several(kode_kab), 'kode_kab_ambiguous'),
        rule(region_code IS NULL AND NOT names_several(kode_kab), 'kode_kab_unknown'),
        rule(tk_wlkp IS NULL, 'tk_wlkp_missing'), rule(tk_wlkp IS NOT NULL AND declared_workers IS NULL, 'tk_wlkp_unreadable'),
        rule(declared_workers < 0, 'tk_wlkp_negative'), rule(declared_workers > 9999999, 'tk_wlkp_too_large'),
        rule(program IS NOT NULL AND programmes IS NULL, 'program_unreadable'),
        rule(tgl_daftar IS NOT NULL AND registered_on IS NULL, 'tgl_daftar_unreadable'),
        rule(npp IS NULL AND nib IS NULL, 'employer_unidentified'),
        rule(as_of_date IS NOT NULL AND region_code IS NOT NULL
            AND row_number() OVER (PARTITION BY as_of_date, npp, nib, region_code ORDER BY file, line_no) > 1, 'duplicate_row')
    ), '') AS rules
FROM parsed;
COPY (SELECT * FROM judged_employer WHERE rules IS NOT NULL) TO '$OUT/rejected_badan_usaha.parquet' (COMPRESSION zstd);
INSERT INTO rejection SELECT 'badan_usaha', rules, count(*) FROM judged_employer WHERE rules IS NOT NULL GROUP BY rules;
CREATE TABLE employer AS SELECT * EXCLUDE (rules, file, line_no) FROM judged_employer WHERE rules IS NULL;
CHECKPOINT;
