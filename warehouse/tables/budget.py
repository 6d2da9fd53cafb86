"""Extract anggaran and fact_budget: what public budgets and donors set aside for contributions, and what is spent."""

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC, follows
from warehouse.metric import Metric
from warehouse.schema import Extract, Fact, Parse, Table
from warehouse.tables.target import LEGAL_REFERENCE, YEAR
from warehouse.vocabulary import arriving

BUDGET = v.rupiah("Budget of the year for contributions.", "Pagu anggaran")
WORKERS = v.count("Workers the budget is meant for, where it states them.", "workers", "Tenaga kerja dianggarkan", nullable=True)  # fmt: skip


class Budget(Extract, kind="anggaran", grain="one row per regency, year and funding source"):
    """Budgets for the contributions of workers of a regency, per year and funding source."""

    unique = ("region_code", "year", "funding_source")
    unique_needs = unique

    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)
    year = arriving(YEAR, "tahun", Parse.WHOLE)
    funding_source = arriving(v.FUNDING_SOURCE, "sumber_dana", Parse.CODE)
    budget_idr = arriving(BUDGET.but(maximum=v.MOST_AMOUNT), "pagu", Parse.WHOLE)
    budget_workers = arriving(WORKERS.but(maximum=v.MOST_WORKERS), "tenaga_kerja", Parse.WHOLE, required=False)
    legal_reference = arriving(LEGAL_REFERENCE, "dasar", Parse.TEXT)


class Spending(Table, layer="lake", grain="one row per regency, month and funding source"):
    """Contributions paid for a month, over all segments and programmes, in the newest version of the month."""

    region_code = v.REGION_CODE
    month = v.MONTH
    funding_source = v.FUNDING_SOURCE
    paid_idr = v.rupiah("Contribution paid.", "Iuran dibayar")


class FactBudget(
    Fact,
    layer="mart",
    name="fact_budget",
    grain="one row per regency, year and funding source",
    comes_from="anggaran, iuran",
):
    """Budgets for contributions beside what was paid; every public funding source that was billed has a row, budget or not."""

    region_code = v.REGION_CODE.but(source="anggaran.kode_kab, iuran.kode_kab")
    year = YEAR.but(source="anggaran.tahun, iuran.blth")
    funding_source = v.FUNDING_SOURCE.but(source="anggaran.sumber_dana, iuran.sumber_dana")
    budget_idr = BUDGET.but(
        description="Budget of the year for contributions; empty where a public source was billed and no budget was delivered.",
        nullable=True,
        source="anggaran.pagu",
        exposure=PUBLIC,
    )
    budget_workers = WORKERS.but(source="anggaran.tenaga_kerja", exposure=PUBLIC)
    spent_idr = v.rupiah(
        "Contributions paid for the months of the year in the regency by the funding source, over all segments and"
        " programmes, each month in its newest version; empty while no contributions of the year were delivered at all.",
        "Realisasi", nullable=True,
    ).but(source="iuran.dibayar", exposure=follows("fact_premium.workers_billed"))  # fmt: skip
    absorption_ratio = v.ratio(
        Metric(
            "spent_idr", "budget_idr", "Absorption: spent over budget. Above 1 happens and is kept.",
            "Serapan anggaran", "Budget absorption",
            basis="the regency that the contributions were paid for",
            legal_reference="the budget's own legal basis, extract column anggaran.dasar", adds_up=True,
            concept_id="Penyerapan anggaran iuran jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan iuran yang dibayar dari suatu sumber dana untuk bulan-bulan dalam tahun itu dengan pagu"
            " anggaran iuran sumber dana tersebut pada tahun yang sama.",
            interpretation_id="Nilai 1 berarti pagu terpakai seluruhnya. Nilai rendah di akhir tahun berarti anggaran belum"
            " diserap; nilai di atas 1 dapat terjadi dan tidak dipotong.",
        )
    )  # fmt: skip
    budget_per_worker_idr = v.ratio(
        Metric(
            "budget_idr", "budget_workers", "Budget per worker it is meant for, whole rupiah a year.",
            "Anggaran per tenaga kerja", "Budget per worker", basis="the regency that the budget is for",
            legal_reference="the budget's own legal basis, extract column anggaran.dasar", unit="rupiah",
            adds_up=True, whole=True,
            concept_id="Anggaran iuran jaminan sosial ketenagakerjaan per tenaga kerja",
            meaning_id="Pagu anggaran iuran setahun dibagi jumlah tenaga kerja yang menjadi sasaran anggaran itu.",
            interpretation_id="Nilai dalam rupiah penuh per tenaga kerja setahun. Bandingkan dengan iuran minimum setahun: nilai di"
            " bawahnya berarti anggaran tidak cukup untuk dua belas bulan.",
        )
    )  # fmt: skip


class FactMinimumPremium(
    Fact,
    layer="mart",
    name="fact_minimum_premium",
    grain="one row per calendar year",
    comes_from="seeds/contribution_parameters.csv",
):
    """What one own-account worker costs a public budget for a whole year at the lowest contribution by law.

    Temporary reductions are left out; that of 2026 does not hold for public budgets.
    """

    exposed = PUBLIC

    year = YEAR.but(source="dim_month")
    yearly_premium_idr = v.rupiah(
        "Lowest monthly package (work accident and death) of an own-account worker, added up over the months of the year.",
        "Iuran minimum setahun",
    ).but(unit="rupiah per worker", source="seeds/contribution_parameters.csv, bpu_minimum_package", additive=False)
    legal_reference = LEGAL_REFERENCE.but(source="seeds/contribution_parameters.csv")
