"""Extract kepesertaan: memberships of a month as seen on a date."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Extract, Parse, Rule, Severity
from warehouse.vocabulary import arriving

NIK = "worker_key"


class Membership(Extract, kind="kepesertaan", grain="one row per membership, month and as_of_date"):
    """Memberships of employment social security, one row each, for a month as seen on a date."""

    monthly = True
    unique = ("month", "as_of_date", "membership_key", "employer_key", "segment")
    unique_needs = ("month", "as_of_date", "membership_key", "segment")
    dropped = ("nama",)
    helpers = ("minimum_wage_idr",)

    month = arriving(v.MONTH, "blth", Parse.MONTH)
    as_of_date = arriving(v.AS_OF_DATE, "tgl_data", Parse.DATE)
    worker_key = Column(
        pl.Binary(), "Keyed token of the NIK: one person.", "token", arrives_as="nik", required=True,
        parse=Parse.NATIONAL_ID, pseudonym="NIK", pattern=r"^[0-9]{16}$", source="extract column nik",
    )  # fmt: skip
    membership_key = Column(
        pl.Binary(), "Keyed token of the KPJ: one membership number.", "token", arrives_as="kpj", required=True,
        parse=Parse.IDENTIFIER, pseudonym="KPJ", pattern=r"^[0-9]{11}$", source="extract column kpj",
    )  # fmt: skip
    employer_key = arriving(Column(v.TEXT, "Employer number (NPP).", "id"), "npp", Parse.IDENTIFIER, required=False)
    segment = arriving(v.SEGMENT, "segmen", Parse.CODE)
    sub_sector = arriving(
        Column(v.TEXT, "Sub-sector of own-account work.", "code"), "sub_sektor", Parse.CODE, required=False
    )
    programmes = arriving(
        Column(pl.UInt8(), "Programmes held: JKK 1, JKM 2, JHT 4, JP 8, JKP 16, added up.", "bitmask"),
        "program",
        Parse.PROGRAMMES,
    )
    residence_code = arriving(v.REGION_CODE, "kode_kab_domisili", Parse.REGENCY)
    workplace_code = arriving(v.REGION_CODE, "kode_kab_kerja", Parse.REGENCY, required=False)
    birth_date = arriving(
        Column(v.DATE, "Date of birth.", "date", personal=True), "tgl_lahir", Parse.DATE, required=False
    )
    sex = arriving(Column(v.TEXT, "Sex: L male, P female.", "code", values=v.SEXES), "jk", Parse.CODE, required=False)
    wage_idr = arriving(
        v.rupiah("Monthly wage or declared income.", "Upah").but(maximum=v.MOST_WAGE), "upah", Parse.WHOLE
    )
    start_date = arriving(Column(v.DATE, "First day of the membership.", "date"), "tgl_mulai", Parse.DATE)
    end_date = arriving(Column(v.DATE, "Last day of the membership.", "date"), "tgl_akhir", Parse.DATE, required=False)
    paid_through = arriving(
        Column(v.DATE, "Last month paid (first day).", "date"), "lunas_sd", Parse.MONTH, required=False
    )
    funding_source = arriving(v.FUNDING_SOURCE, "sumber_dana", Parse.CODE)
    is_vulnerable = arriving(
        Column(pl.Boolean(), "A vulnerable worker (pekerja rentan).", "flag"), "rentan", Parse.FLAG
    )
    contract_value_idr = arriving(
        v.rupiah("Value of the construction contract.", "Nilai kontrak").but(maximum=v.MOST_AMOUNT),
        "nilai_kontrak",
        Parse.WHOLE,
        required=False,
    )

    rules = (
        Rule(
            "nik_province", r"^(1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-6])",
            "the NIK begins with no province", "NIK tidak diawali kode provinsi", pattern_of=NIK,
        ),
        Rule(
            "nik_birth_day", r"^.{6}(0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])",
            "the NIK holds an impossible day of birth", "tanggal lahir dalam NIK mustahil", pattern_of=NIK,
        ),
        Rule(
            "nik_birth_month", r"^.{8}(0[1-9]|1[0-2])",
            "the NIK holds an impossible month of birth", "bulan lahir dalam NIK mustahil", pattern_of=NIK,
        ),
        Rule(
            "employer_missing", "segment NOT IN ('PU', 'JAKON') OR employer_key IS NOT NULL",
            "a wage earner or construction worker needs the employer's NPP", "peserta PU dan JAKON wajib memiliki NPP",
        ),
        Rule("start_after_end", "start_date <= end_date", "the start is after the end", "tanggal mulai setelah tanggal akhir"),
        Rule(
            "start_after_as_of", "start_date <= as_of_date",
            "the start is after the date of the data", "tanggal mulai setelah tanggal data",
        ),
        Rule(
            "as_of_before_month", "as_of_date >= month",
            "the date of the data is before the month begins", "tanggal data sebelum bulan iuran",
        ),
        Rule(
            "birth_date_differs_from_nik",
            "TRY_CAST(SUBSTR(worker_key, 7, 2) AS INTEGER) % 40 = EXTRACT(DAY FROM birth_date)"
            " AND TRY_CAST(SUBSTR(worker_key, 9, 2) AS INTEGER) = EXTRACT(MONTH FROM birth_date)"
            " AND TRY_CAST(SUBSTR(worker_key, 11, 2) AS INTEGER) = EXTRACT(YEAR FROM birth_date) % 100",
            "the date of birth differs from the NIK's", "tanggal lahir berbeda dari NIK", Severity.WARN,
        ),
        Rule(
            "wage_below_minimum", "segment <> 'PU' OR wage_idr >= minimum_wage_idr",
            "the wage of a wage earner is below the minimum wage of the workplace", "upah PU di bawah upah minimum", Severity.WARN,
        ),
        Rule(
            "age_outside_15_to_65",
            "(EXTRACT(YEAR FROM month) - EXTRACT(YEAR FROM birth_date)) * 12"
            " + EXTRACT(MONTH FROM month) - EXTRACT(MONTH FROM birth_date) BETWEEN 180 AND 791",
            "the age is outside 15 to 65", "umur di luar 15 sampai 65 tahun", Severity.WARN,
        ),
    )  # fmt: skip
