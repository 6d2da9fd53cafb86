"""Extract tk_baru and fact_registration: workers whom employers register as new."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import COUNTED, EMPLOYERS
from warehouse.metric import Metric
from warehouse.schema import Column, Extract, Fact, Parse, Rule
from warehouse.tables.membership import NIK, Membership
from warehouse.vocabulary import arriving

MONTH_SEEN = v.MONTH.but(
    description="First day of the month in which the sheet was sent.", label_id="Bulan pendaftaran"
)
RULES_OF_NIK = tuple(rule for rule in Membership.rules if rule.pattern_of == NIK)


class Registration(Extract, kind="tk_baru", grain="one row per employer, worker and as_of_date"):
    """Workers whom an employer registers on a sheet of SIPP Online; they have no membership number yet.

    The month is that of the sheet's date: a list of what was asked for, not of who is covered.
    """

    monthly = True
    month_from = "as_of_date"
    unique = ("as_of_date", "employer_key", "worker_key")
    unique_needs = unique
    dropped = (
        "no_pegawai", "nama", "nama_lengkap", "nama_depan", "nama_tengah", "nama_belakang", "gelar", "telepon_area_rumah",
        "telepon_rumah", "telepon_area_kantor", "telepon_kantor", "telepon_ext_kantor", "hp", "email", "tempat_lahir",
        "nama_ibu_kandung", "jenis_identitas", "masa_laku_identitas", "surat_menyurat_ke", "status_kawin",
        "golongan_darah", "nama_bank", "cabang_bank", "no_rekening", "nama_rekening", "npwp", "kode_paket",
        "kode_negara", "peserta_jpk", "alamat", "kode_pos", "suami_istri", "tgl_lahir_suami_istri",
        "jenis_kelamin_suami_istri", "golongan_darah_suami_istri",
        *(f"{what}_anak_{child}" for child in (1, 2, 3) for what in ("nama", "tgl_lahir", "jenis_kelamin", "golongan_darah")),
        "lokasi_pekerjaan", "status_pegawai", "tgl_awal_bekerja",
    )  # fmt: skip

    month = MONTH_SEEN.but(key=False, nullable=True, source="month of extract column tgl_data")
    as_of_date = arriving(v.AS_OF_DATE, "tgl_data", Parse.DATE)
    employer_key = arriving(Column(v.TEXT, "Employer number (NPP).", "id"), "npp", Parse.IDENTIFIER)
    worker_key = Column(
        pl.Binary(), "Keyed token of the NIK: one person.", "token", arrives_as="nik", required=True,
        parse=Parse.NATIONAL_ID, pseudonym="NIK", pattern=r"^[0-9]{16}$", source="extract column nik",
    )  # fmt: skip
    birth_date = arriving(
        Column(v.DATE, "Date of birth.", "date", personal=True), "tgl_lahir", Parse.DATE, required=False
    )
    sex = arriving(Column(v.TEXT, "Sex: L male, P female.", "code", values=v.SEXES), "jk", Parse.CODE, required=False)
    wage_idr = arriving(v.rupiah("Monthly wage.", "Upah").but(maximum=v.MOST_WAGE), "upah", Parse.WHOLE)
    start_date = arriving(Column(v.DATE, "First day asked for.", "date"), "tgl_kepesertaan", Parse.DATE)
    end_date = arriving(Column(v.DATE, "Last day of the contract.", "date"), "tgl_akhir", Parse.DATE, required=False)
    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY, required=False)

    rules = (
        *RULES_OF_NIK,
        Rule("start_after_end", "start_date <= end_date", "the start is after the end", "tanggal mulai setelah tanggal akhir"),
    )  # fmt: skip


class RegistrationHistory(Registration):
    """Registrations of a month on every sheet known on as_of_date: a sheet adds to those before it."""


class FactRegistration(
    Fact, layer="mart", name="fact_registration", grain="one row per region of every level, month and as_of_date"
):  # fmt: skip
    """Workers registered as new by employers of a region in a month, and how many of them are members by then.

    The region is the one that the sheet states, else that of the employer; a worker of neither counts in the nation.
    """

    driven_by = ("tk_baru", "kepesertaan")
    shown_as = "registration"
    title = "Workers registered as new"
    caution = "A registration is a request, not coverage. Distinct persons: never sum over regions or months."

    region_code = v.REGION_CODE.but(source="tk_baru.kode_kab, badan_usaha.kode_kab")
    month = MONTH_SEEN.but(source="tk_baru.tgl_data")
    as_of_date = v.AS_OF_DATE.but(source="tk_baru.tgl_data, kepesertaan.tgl_data")
    registering_employers = v.count("Employers that registered workers.", "employers", "Badan usaha pendaftar").but(
        source="tk_baru.npp", additive=False, exposure=EMPLOYERS
    )
    registered_workers = v.persons("Workers registered in the month up to as_of_date.", "Tenaga kerja didaftarkan").but(
        source="tk_baru.nik"
    )
    member_workers = v.persons(
        "Of these, workers with a membership in force in the month, anywhere; empty while no memberships of the month were delivered.",
        "Sudah menjadi peserta", nullable=True,
    ).but(source="kepesertaan.nik")  # fmt: skip
    employer_member_workers = v.persons(
        "Of these, workers with a membership in force at an employer that registered them.",
        "Sudah menjadi peserta di pendaftar", nullable=True,
    ).but(source="kepesertaan.nik, kepesertaan.npp")  # fmt: skip
    not_yet_workers = Column(
        v.WHOLE, "Registered workers without any membership in force yet.", "persons", label_id="Belum menjadi peserta",
        nullable=True, additive=False, formula="registered_workers - member_workers", exposure=COUNTED,
    )  # fmt: skip
    member_ratio = v.ratio(
        Metric(
            "member_workers", "registered_workers", "Registered workers who are members by then, over all registered.",
            "Tingkat menjadi peserta", "Share who became members",
            basis="the region that the sheet states, else that of the employer", legal_reference="PP 86/2013",
            concept_id="Tindak lanjut pendaftaran tenaga kerja baru",
            meaning_id="Perbandingan jumlah tenaga kerja didaftarkan yang sudah menjadi peserta aktif dengan jumlah tenaga"
            " kerja yang didaftarkan pada bulan itu.",
            interpretation_id="Makin tinggi nilainya, makin banyak pendaftaran yang menjadi perlindungan. Pendaftaran adalah"
            " permohonan, bukan kepesertaan.",
        )
    )  # fmt: skip

    rules = (
        Rule(
            "members_within_registered",
            "member_workers <= registered_workers AND employer_member_workers <= member_workers",
            "more members than registered workers", "peserta melebihi tenaga kerja yang didaftarkan",
        ),
    )  # fmt: skip
