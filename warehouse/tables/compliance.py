"""Compliance: the list of employers a labour office works from, and the fact that counts them."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import EMPLOYERS
from warehouse.metric import Metric
from warehouse.schema import Column, Fact, Rule

BADAN_USAHA = "badan_usaha, newest snapshot not after as_of_date"


def flag(description: str, label_id: str) -> Column:
    """Return a yes-or-no column."""
    return Column(pl.Boolean(), description, "flag", label_id=label_id)


class EmployerMonth(
    Fact, layer="core", name="employer_month", grain="one row per employer, regency, month and as_of_date"
):
    """Every employer with its findings of the month. Not published."""

    driven_by = ("kepesertaan", "badan_usaha", "iuran")

    employer_key = Column(
        v.TEXT, "NPP, or NIB: and the NIB of an employer without one.", "id", key=True, source=BADAN_USAHA
    )
    employer_name = Column(v.TEXT, "Name of the employer.", "text", source=BADAN_USAHA)
    region_code = v.REGION_CODE.but(source=BADAN_USAHA)
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    scale = v.SCALE.but(key=False, source=BADAN_USAHA)
    sector = v.SECTOR.but(key=False, source="badan_usaha.kbli")
    is_unregistered = flag("PWBD: obliged and not registered.", "Wajib belum daftar")
    is_workers_missing = flag(
        "PDS_TK: registered, with fewer workers in force than reported in WLKP.", "Daftar sebagian tenaga kerja"
    )
    is_wage_below_minimum = flag(
        "PDS_UPAH: a wage earner in force reported below the minimum wage of the workplace.", "Daftar sebagian upah"
    )
    is_programme_missing = flag(
        "PDS_PROGRAM: fewer programmes than the size of the employer owes.", "Daftar sebagian program"
    )
    is_late = flag("A contribution of the month was paid after its due date.", "Terlambat bayar")
    arrears_class = Column(
        v.TEXT, "Class of arrears_months, the age of the oldest month in arrears; empty without arrears.", "code",
        label_id="Kelas piutang", nullable=True, values=v.ARREARS_CLASSES, source="iuran",
    )  # fmt: skip
    arrears_months = v.count(
        "Months since the oldest month of contribution in arrears, up to the month; 0 without arrears.",
        "months",
        "Umur piutang",
    )
    arrears_idr = v.rupiah(
        "Unpaid after the due date, for all months up to the month, over all accounts of the employer: payments known on"
        " as_of_date settle the oldest month of an account first and a surplus goes forward, never to another account.",
        "Piutang iuran",
    ).but(source="iuran")
    paid_through = Column(
        v.DATE,
        "First day of the last month M such that all that was billed up to M, over all accounts of the employer, is settled"
        " by the payments known on as_of_date; empty when the first billed month is open or nothing was billed.",
        "date", label_id="Lunas sampai dengan", nullable=True, source="iuran",
    )  # fmt: skip
    surplus_idr = v.rupiah(
        "Paid beyond all bills known on as_of_date, over the accounts of the employer that are ahead.",
        "Kelebihan bayar",
    ).but(source="iuran")
    declared_workers = v.count("Workers reported in WLKP.", "workers", "Tenaga kerja WLKP").but(source=BADAN_USAHA)
    registered_workers = v.persons("Distinct workers in force with this employer.", "Tenaga kerja terdaftar").but(
        source="kepesertaan"
    )
    missing_workers = v.count(
        "Workers of a registered employer reported in WLKP and not in force.",
        "workers",
        "Tenaga kerja belum didaftarkan",
    )
    is_compliant = flag("Registered, and none of the findings.", "Patuh")

    rules = (
        Rule(
            "compliant_with_finding",
            "NOT is_compliant OR NOT (is_unregistered OR is_workers_missing OR is_wage_below_minimum"
            " OR is_programme_missing OR is_late OR arrears_class IS NOT NULL)",
            "a compliant employer has a finding", "pemberi kerja patuh memiliki temuan",
        ),
    )  # fmt: skip


class FactCompliance(
    Fact, layer="mart", name="fact_compliance", grain="one row per regency, month, as_of_date, scale and sector"
):
    """Employers by finding; an employer may be in several. All counts add up over regencies."""

    driven_by = EmployerMonth.driven_by
    shown_as = "compliance"
    title = "Compliance of employers"
    caution = "Counts add up over regencies; an employer may have several findings."
    exposed = EMPLOYERS

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    scale = v.SCALE
    sector = v.SECTOR
    obliged_employers = v.count("Employers obliged to register.", "employers", "Pemberi kerja wajib")
    registered_employers = v.count("Those that are registered.", "employers", "Pemberi kerja terdaftar")
    unregistered_employers = v.count("PWBD: those that are not.", "employers", "PWBD")
    workers_missing_employers = v.count(
        "PDS_TK: fewer workers in force than reported in WLKP.", "employers", "PDS tenaga kerja"
    )
    wage_below_minimum_employers = v.count("PDS_UPAH: wages reported below the minimum wage.", "employers", "PDS upah")
    programme_missing_employers = v.count("PDS_PROGRAM: fewer programmes than owed.", "employers", "PDS program")
    arrears_current_employers = v.count("LANCAR: arrears of 1 to 3 months.", "employers", "Piutang lancar")
    arrears_substandard_employers = v.count(
        "KURANG_LANCAR: arrears of 4 to 6 months.", "employers", "Piutang kurang lancar"
    )
    arrears_bad_employers = v.count("MACET: arrears of 7 to 9 months.", "employers", "Piutang macet")
    arrears_contingent_employers = v.count("KONTINJENSI: arrears over 9 months.", "employers", "Piutang kontinjensi")
    late_employers = v.count("Paid a contribution of the month late.", "employers", "Terlambat bayar")
    compliant_employers = v.count("Registered, and in none of the findings.", "employers", "Pemberi kerja patuh")
    missing_workers = v.count(
        "Workers not registered by registered employers.", "workers", "Tenaga kerja belum didaftarkan"
    )
    arrears_idr = v.rupiah("Unpaid after the due date, for all months up to the month.", "Piutang iuran")
    registered_ratio = v.ratio(
        Metric(
            "registered_employers", "obliged_employers", "Registered employers over obliged employers.",
            "Tingkat pendaftaran pemberi kerja", "Registered share",
            basis="workplace: the regency of the employer", legal_reference="PP 86/2013; Perpres 109/2013", adds_up=True,
            concept_id="Pendaftaran pemberi kerja dalam jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan jumlah pemberi kerja yang sudah terdaftar dengan jumlah pemberi kerja yang wajib"
            " mendaftar, menurut kabupaten/kota pemberi kerja.",
            interpretation_id="Makin tinggi nilainya, makin sedikit pemberi kerja wajib belum daftar. Terdaftar belum berarti"
            " patuh.",
        )
    )  # fmt: skip
    late_ratio = v.ratio(
        Metric(
            "late_employers", "registered_employers", "Employers that paid the month late over registered employers.",
            "Proporsi terlambat bayar", "Late share",
            basis="workplace: the regency of the employer", legal_reference="PP 44/2015; PP 86/2013", adds_up=True,
            concept_id="Ketepatan waktu pembayaran iuran oleh pemberi kerja",
            meaning_id="Perbandingan jumlah pemberi kerja yang membayar iuran bulan itu setelah jatuh tempo dengan jumlah"
            " pemberi kerja terdaftar.",
            interpretation_id="Makin rendah nilainya, makin baik. Yang belum membayar sama sekali tidak termasuk terlambat, tetapi"
            " menunggak.",
        )
    )  # fmt: skip
    compliance_ratio = v.ratio(
        Metric(
            "compliant_employers", "obliged_employers", "Compliant employers over obliged employers.",
            "Kepatuhan pemberi kerja", "Employer compliance",
            basis="workplace: the regency of the employer", legal_reference="PP 86/2013; Perpres 109/2013", adds_up=True,
            concept_id="Kepatuhan pemberi kerja terhadap kewajiban jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan jumlah pemberi kerja patuh (terdaftar dan tanpa temuan pada bulan itu) dengan jumlah"
            " pemberi kerja yang wajib mendaftar, menurut kabupaten/kota pemberi kerja.",
            interpretation_id="Makin tinggi nilainya, makin besar bagian pemberi kerja yang memenuhi semua kewajibannya; 0,87"
            " berarti 87 dari 100 pemberi kerja wajib. Kepatuhan pemberi kerja bukan cakupan pekerja.",
        )
    )  # fmt: skip

    rules = (
        Rule(
            "employers_add_up", "obliged_employers = registered_employers + unregistered_employers",
            "obliged is not registered and unregistered together", "wajib tidak sama dengan terdaftar ditambah belum daftar",
        ),
        Rule(
            "compliant_above_registered", "compliant_employers <= registered_employers",
            "more compliant than registered employers", "pemberi kerja patuh melebihi yang terdaftar",
        ),
    )  # fmt: skip
