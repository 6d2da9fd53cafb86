"""Extract klaim and fact_benefit: benefits paid."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import COUNTED, follows
from warehouse.metric import Metric
from warehouse.schema import Column, Extract, Fact, Parse, Rule
from warehouse.vocabulary import arriving

MONTH_OF_PAYMENT = v.MONTH.but(description="First day of the month of payment.", label_id="Bulan pembayaran")


class Claim(Extract, kind="klaim", grain="one row per benefit paid and as_of_date"):
    """Benefits paid, as seen on a date; the month of a claim is the month in which it was paid."""

    monthly = True
    month_from = "paid_date"
    unique = ("as_of_date", "claim_no")
    unique_needs = unique

    claim_no = arriving(
        Column(v.TEXT, "Number of the claim; it stays in the lake.", "id", personal=True), "no_klaim", Parse.IDENTIFIER
    )
    month = MONTH_OF_PAYMENT.but(key=False, nullable=True, source="month of extract column tgl_bayar")
    as_of_date = arriving(v.AS_OF_DATE, "tgl_data", Parse.DATE)
    membership_key = Column(
        pl.Binary(), "Keyed token of the KPJ that the benefit is paid for.", "token", arrives_as="kpj", required=True,
        parse=Parse.IDENTIFIER, pseudonym="KPJ", pattern=r"^[0-9]{11}$", source="extract column kpj",
    )  # fmt: skip
    programme = arriving(v.PROGRAMME, "program", Parse.CODE)
    benefit_type = arriving(v.BENEFIT_TYPE, "jenis_manfaat", Parse.CODE)
    event_date = arriving(
        Column(v.DATE, "Day of the event: accident, death, retirement, dismissal.", "date"),
        "tgl_kejadian", Parse.DATE, required=False,
    )  # fmt: skip
    paid_date = arriving(Column(v.DATE, "Day of payment.", "date"), "tgl_bayar", Parse.DATE)
    paid_idr = arriving(v.rupiah("Benefit paid.", "Jumlah").but(maximum=v.MOST_AMOUNT), "jumlah", Parse.WHOLE)
    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)

    rules = (
        Rule(
            "paid_before_event", "event_date <= paid_date",
            "the benefit was paid before the event", "manfaat dibayar sebelum tanggal kejadian",
        ),
        Rule(
            "paid_after_as_of", "paid_date <= as_of_date",
            "the benefit was paid after the date of the data", "tanggal bayar setelah tanggal data",
        ),
    )  # fmt: skip


class FactBenefit(
    Fact, layer="mart", name="fact_benefit",
    grain="one row per regency, month of payment, as_of_date, programme and benefit type",
):  # fmt: skip
    """Benefits paid, per regency and month of payment; cases and amounts add up over regencies and months."""

    driven_by = ("klaim",)
    shown_as = "benefit"
    title = "Benefits paid"
    caution = "A case is a claim, not a person: one death may be several claims. The month is that of the payment."

    region_code = v.REGION_CODE.but(source="klaim.kode_kab")
    month = MONTH_OF_PAYMENT.but(source="klaim.tgl_bayar")
    as_of_date = v.AS_OF_DATE.but(source="klaim.tgl_data")
    programme = v.PROGRAMME.but(source="klaim.program")
    benefit_type = v.BENEFIT_TYPE.but(source="klaim.jenis_manfaat")
    cases = v.count("Claims paid: the number of no_klaim.", "claims", "Kasus").but(
        source="klaim", minimum=1, exposure=COUNTED
    )
    paid_idr = v.rupiah("Benefits paid.", "Manfaat dibayar").but(source="klaim.jumlah", exposure=follows("cases"))
    paid_per_case_idr = v.ratio(
        Metric(
            "paid_idr", "cases", "Benefits paid per claim, whole rupiah.", "Manfaat per kasus", "Benefit per claim",
            basis="the regency and month of payment", legal_reference="PP 44/2015; PP 45/2015; PP 46/2015; PP 37/2021",
            unit="rupiah", adds_up=True, whole=True,
            concept_id="Besar manfaat jaminan sosial ketenagakerjaan",
            meaning_id="Manfaat yang dibayarkan dibagi jumlah klaim yang dibayar, menurut kabupaten/kota, bulan pembayaran,"
            " program, dan jenis manfaat.",
            interpretation_id="Nilai dalam rupiah penuh per klaim. Satu peristiwa dapat menjadi beberapa klaim, sehingga ini bukan"
            " manfaat per orang.",
        )
    )  # fmt: skip
