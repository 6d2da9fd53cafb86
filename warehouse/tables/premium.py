"""The premium fact."""

from warehouse import vocabulary as v
from warehouse.exposure import COUNTED, follows, part_of
from warehouse.metric import Metric
from warehouse.schema import Fact, Rule

IURAN = "iuran as seen on as_of_date"
BILLED = follows("workers_billed")
PART_OF_BILL = part_of("billed_idr", "workers_billed")


class FactPremium(
    Fact, layer="mart", name="fact_premium",
    grain="one row per regency, month, as_of_date, segment, programme and funding_source",
):  # fmt: skip
    """Contributions due, billed and paid, per regency; amounts add up over regions, members do not.

    There is a row where something was billed or somebody holds the programme: what is due of whom nobody bills counts.
    """

    driven_by = ("iuran",)
    shown_as = "premium"
    title = "Contributions"
    caution = "Amounts add up over regencies, members do not."

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    members = v.persons(
        "Distinct workers in force who live in the regency and hold the programme on this funding source, in the newest"
        " snapshot of the month not after as_of_date; empty when there is none.",
        "Peserta", nullable=True,
    ).but(source="kepesertaan")  # fmt: skip
    due_idr = v.rupiah(
        "What the memberships in force owe by the rules of the reference day, the share of the State included; by"
        " residence, like members. Memberships that could not be priced are left out: fact_premium_rule counts them. Empty"
        " where none could be priced, and without a snapshot of memberships.",
        "Iuran seharusnya", nullable=True,
    ).but(source="kepesertaan, badan_usaha and core.contribution_rule", exposure=follows("members"))  # fmt: skip
    workers_billed = v.count("Workers billed: the sum of jumlah_tk.", "workers", "Tenaga kerja ditagih").but(
        source=IURAN, exposure=COUNTED
    )
    billed_idr = v.rupiah("Contribution billed.", "Iuran ditagih").but(source=IURAN, exposure=BILLED)
    paid_idr = v.rupiah("Contribution paid.", "Iuran dibayar").but(source=IURAN, exposure=PART_OF_BILL)
    paid_on_time_idr = v.rupiah("Paid on or before the due date of the month.", "Dibayar tepat waktu").but(
        source=IURAN, exposure=PART_OF_BILL
    )
    paid_late_idr = v.rupiah(
        "Paid after the due date of the month; a payment without a date is neither on time nor late.",
        "Dibayar terlambat",
    ).but(source=IURAN, exposure=PART_OF_BILL)
    arrears_idr = v.rupiah(
        "Billed for the month and unpaid after its due date. Account by account, all payments known on as_of_date settle"
        " the oldest month first and a surplus goes forward; none settles another account. An account is a payer (the"
        " employer, else the membership) in one regency, segment, programme and funding source.",
        "Piutang iuran",
    ).but(source=IURAN, exposure=PART_OF_BILL)
    fine_idr = v.rupiah(
        "Fine for what was paid after the due date of the month or is unpaid on as_of_date: the rate of the segment for"
        " every month begun since; nothing for payments without a date.",
        "Denda", nullable=True,
    ).but(source=IURAN, exposure=BILLED)  # fmt: skip
    premium_per_member_idr = v.ratio(
        Metric(
            "billed_idr", "members", "Contribution billed per member, whole rupiah.", "Iuran per peserta",
            "Contribution per member", basis="billed in the regency, members by residence",
            legal_reference="PP 44/2015; PP 45/2015; PP 46/2015", unit="rupiah", whole=True,
            concept_id="Beban iuran jaminan sosial ketenagakerjaan per peserta",
            meaning_id="Iuran yang ditagih untuk bulan itu dibagi jumlah peserta aktif yang tinggal di kabupaten/kota dan"
            " memiliki program dengan sumber dana yang sama.",
            interpretation_id="Nilai dalam rupiah penuh per peserta sebulan. Nilai yang jauh dari iuran menurut peraturan"
            " menunjukkan tagihan beberapa bulan sekaligus, keringanan, atau peserta yang tidak ditagih di wilayah itu.",
        )
    )  # fmt: skip
    billing_ratio = v.ratio(
        Metric(
            "billed_idr", "due_idr", "Contribution billed over contribution due, where due is known.", "Tingkat penagihan",
            "Billing ratio", basis="billed in the regency, due by residence",
            legal_reference="PP 44/2015; PP 45/2015; PP 46/2015", adds_up=True,
            concept_id="Penagihan iuran jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan iuran yang ditagih dengan iuran yang seharusnya menurut peraturan.",
            interpretation_id="Nilai 1 berarti tagihan sama dengan yang seharusnya; di bawah 1 kurang ditagih, di atas 1 lebih."
            " Tagihan dicatat di wilayah penagihan, sedangkan yang seharusnya menurut tempat tinggal pekerja.",
        )
    )  # fmt: skip
    collection_ratio = v.ratio(
        Metric(
            "paid_idr", "billed_idr", "Contribution paid, on time or late, over contribution billed.",
            "Tingkat penerimaan iuran", "Collection ratio", basis="the regency of the bill",
            legal_reference="PP 44/2015; PP 45/2015; PP 46/2015", adds_up=True,
            concept_id="Penerimaan iuran jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan iuran yang dibayar, tepat waktu maupun terlambat, dengan iuran yang ditagih untuk bulan"
            " itu.",
            interpretation_id="Makin mendekati 1, makin lengkap tagihan bulan itu dibayar. Nilai bulan yang baru masih naik selama"
            " pembayaran masuk.",
        )
    )  # fmt: skip
    on_time_ratio = v.ratio(
        Metric(
            "paid_on_time_idr", "billed_idr", "Contribution paid on or before the due date over contribution billed.",
            "Ketepatan bayar", "On-time ratio", basis="the regency of the bill",
            legal_reference="PP 44/2015; PP 45/2015; PP 46/2015", adds_up=True,
            concept_id="Ketepatan waktu pembayaran iuran",
            meaning_id="Perbandingan iuran yang dibayar sampai dengan jatuh tempo bulan itu dengan iuran yang ditagih.",
            interpretation_id="Makin tinggi nilainya, makin besar bagian tagihan yang dibayar tepat waktu. Pembayaran tanpa tanggal"
            " tidak dihitung tepat waktu.",
        )
    )  # fmt: skip
    arrears_ratio = v.ratio(
        Metric(
            "arrears_idr", "billed_idr", "Contribution of the month in arrears over contribution billed.",
            "Rasio piutang", "Arrears ratio", basis="the regency of the bill",
            legal_reference="PP 44/2015; PP 45/2015; PP 46/2015", adds_up=True,
            concept_id="Piutang iuran jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan iuran bulan itu yang belum dibayar setelah jatuh tempo dengan iuran yang ditagih.",
            interpretation_id="Makin rendah nilainya, makin baik. Hanya piutang bulan itu sendiri, bukan tumpukan bulan-bulan"
            " sebelumnya.",
        )
    )  # fmt: skip

    rules = (
        Rule(
            "paid_parts_above_paid", "paid_on_time_idr + paid_late_idr <= paid_idr",
            "on time and late are more than paid", "tepat waktu dan terlambat melebihi yang dibayar",
        ),
        Rule(
            "arrears_above_billed", "arrears_idr <= billed_idr",
            "arrears are more than billed", "piutang melebihi tagihan",
        ),
    )  # fmt: skip
