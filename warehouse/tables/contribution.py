"""Extract iuran: contributions billed and paid."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Extract, Parse, Rule, Severity
from warehouse.vocabulary import arriving


class Contribution(Extract, kind="iuran", grain="one row per payer, month, programme and receipt"):
    """Contributions billed to and paid by an employer or a member, per month and programme."""

    monthly = True

    month = arriving(v.MONTH, "blth", Parse.MONTH)
    as_of_date = arriving(v.AS_OF_DATE, "tgl_data", Parse.DATE)
    employer_key = arriving(Column(v.TEXT, "Employer number (NPP).", "id"), "npp", Parse.IDENTIFIER, required=False)
    membership_key = Column(
        pl.Binary(), "Keyed token of the KPJ of a member who pays.", "token", nullable=True, arrives_as="kpj",
        parse=Parse.IDENTIFIER, pseudonym="KPJ", pattern=r"^[0-9]{11}$", source="extract column kpj",
    )  # fmt: skip
    segment = arriving(v.SEGMENT, "segmen", Parse.CODE)
    programme = arriving(v.PROGRAMME, "program", Parse.CODE)
    funding_source = arriving(v.FUNDING_SOURCE, "sumber_dana", Parse.CODE)
    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)
    workers = arriving(
        v.count("Workers billed.", "workers", "Jumlah tenaga kerja").but(maximum=v.MOST_WORKERS),
        "jumlah_tk",
        Parse.WHOLE,
    )
    billed_idr = arriving(
        v.rupiah("Contribution billed.", "Tagihan").but(maximum=v.MOST_AMOUNT), "tagihan", Parse.WHOLE
    )
    paid_idr = arriving(v.rupiah("Contribution paid.", "Dibayar").but(maximum=v.MOST_AMOUNT), "dibayar", Parse.WHOLE)
    paid_date = arriving(Column(v.DATE, "Day of payment.", "date"), "tgl_bayar", Parse.DATE, required=False)
    receipt_no = arriving(Column(v.TEXT, "Number of the receipt.", "id"), "no_bukti", Parse.TEXT, required=False)

    rules = (
        Rule(
            "payer_missing", "employer_key IS NOT NULL OR membership_key IS NOT NULL",
            "neither NPP nor KPJ says who pays", "NPP dan KPJ kosong: pembayar tidak diketahui",
        ),
        Rule(
            "as_of_before_month", "as_of_date >= month",
            "the date of the data is before the month begins", "tanggal data sebelum bulan iuran",
        ),
        Rule("paid_above_billed", "paid_idr <= billed_idr", "paid more than billed", "dibayar melebihi tagihan", Severity.WARN),
    )  # fmt: skip
