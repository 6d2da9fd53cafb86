"""Extract angka_publikasi and fact_published_figure: what was said about coverage, by whom and of which day."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.schema import Column, Extract, Fact, Parse, Rule, Table
from warehouse.vocabulary import arriving

MOST_RATIO = 1_000
SEED = "seeds/published_figures.csv"


def _text(description: str, label_id: str, *, nullable: bool = True) -> Column:
    return Column(v.TEXT, description, "text", label_id=label_id, nullable=nullable)


def _number(description: str, unit: str, label_id: str, *, minimum: int | None = 0) -> Column:
    return Column(
        v.WHOLE, description, unit, label_id=label_id, nullable=True, minimum=minimum, maximum=v.MOST_AMOUNT, additive=False,
    )  # fmt: skip


def _ratio(description: str, label_id: str) -> Column:
    return Column(
        pl.Float64(), description, "fraction", label_id=label_id, nullable=True, minimum=0, maximum=MOST_RATIO, additive=False,
        stated=True,
    )  # fmt: skip


ROW_ID = _text("Id of the claim.", "Nomor", nullable=False).but(key=True)
AS_OF = _text("Day, month or year the claim speaks of, as precise as stated: 2025-03-16, 2025-04 or 2024.", "Per", nullable=False)  # fmt: skip
AS_OF_BASIS = _text("How the date is known: stated, published (day of the article), year or unknown.", "Asal tanggal")
LEVEL = _text("regency, province or national, as stated.", "Tingkat")
CODE = _text("Code of the region, as stated.", "Kode wilayah")
BPS_CODE = _text("Code of the statistics office (frame of 2020), as stated.", "Kode BPS")
NAME = _text("Name of the region, as stated.", "Nama wilayah")
PROVINCE = _text("Name of its province, as stated.", "Provinsi")
SCOPE = _text("Which workers the claim is about, in its own words.", "Ruang lingkup")
COVERAGE = _ratio("Coverage as printed; above 1 happens in real life.", "Cakupan tercetak")
WORKERS = _number("Workers said to be covered.", "persons", "Pekerja terlindungi")
DENOMINATOR = _number("Workers the share is taken of, where stated.", "persons", "Penyebut")
DENOMINATOR_LABEL = _text("What the claim calls them.", "Sebutan penyebut")
TARGET = _ratio("Coverage to be reached, as printed.", "Target tercetak")
TARGET_YEAR = Column(pl.Int32(), "Year of the target.", "year", label_id="Tahun target", nullable=True, minimum=1990)
TARGET_WORKERS = _number("Workers to be reached.", "persons", "Target pekerja")
GAP = _number(
    "Workers said to be missing; kept as printed, also where it is an amount in rupiah.",
    "persons",
    "Kekurangan",
    minimum=None,
)
BUDGET = _number("Budget said to be set aside.", "rupiah", "Anggaran")
PREMIUM = _number("Contribution per worker and month.", "rupiah", "Iuran sebulan")
SOURCE_URL = _text("Where it was read.", "Sumber")


class PublishedFigure(Extract, kind="angka_publikasi", grain="one row per claim"):
    """Published figures: claims about coverage, with who said it, of which day and of which scope."""

    unique = ("row_id",)
    unique_needs = unique

    row_id = arriving(ROW_ID, "row_id", Parse.TEXT)
    as_of = arriving(AS_OF, "as_of", Parse.TEXT)
    as_of_basis = arriving(AS_OF_BASIS, "as_of_basis", Parse.TEXT, required=False)
    level = arriving(LEVEL, "level", Parse.TEXT, required=False)
    region_code = arriving(v.REGION_CODE, "kode_kemendagri", Parse.REGION, required=False)
    kode_bps_2020 = arriving(BPS_CODE, "kode_bps_2020", Parse.TEXT, required=False)
    name_ = arriving(NAME, "name", Parse.TEXT, required=False)
    province = arriving(PROVINCE, "province", Parse.TEXT, required=False)
    scope = arriving(SCOPE, "scope", Parse.TEXT, required=False)
    coverage_ratio_stated = arriving(COVERAGE, "coverage_pct", Parse.PERCENT, required=False)
    workers_covered = arriving(WORKERS, "workers_covered", Parse.WHOLE, required=False)
    denominator_stated = arriving(DENOMINATOR, "denominator_stated", Parse.WHOLE, required=False)
    denominator_label = arriving(DENOMINATOR_LABEL, "denominator_label", Parse.TEXT, required=False)
    target_ratio_stated = arriving(TARGET, "target_pct", Parse.PERCENT, required=False)
    target_year = arriving(TARGET_YEAR, "target_year", Parse.WHOLE, required=False)
    target_workers = arriving(TARGET_WORKERS, "target_workers", Parse.WHOLE, required=False)
    gap_workers = arriving(GAP, "gap_workers", Parse.WHOLE, required=False)
    budget_idr = arriving(BUDGET, "budget_idr", Parse.WHOLE, required=False)
    premium_idr_month = arriving(PREMIUM, "premium_idr_month", Parse.WHOLE, required=False)
    source_url = arriving(SOURCE_URL, "source_url", Parse.URL, required=False)

    rules = (
        Rule(
            "as_of_format", "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
            "as_of is not YYYY, YYYY-MM or YYYY-MM-DD", "as_of bukan YYYY, YYYY-MM, atau YYYY-MM-DD", pattern_of="as_of",
        ),
    )  # fmt: skip


class PublishedFigureSeed(
    Table, layer="core", name="published_figure_seed", grain="one row per claim", seed="published_figures.csv"
):
    """Published figures that come with the package, as gathered: percentages are percent."""

    row_id = ROW_ID
    as_of = AS_OF
    as_of_basis = AS_OF_BASIS
    level = LEVEL
    kode_kemendagri = CODE
    kode_bps_2020 = BPS_CODE
    name_ = NAME
    province = PROVINCE
    scope = SCOPE
    coverage_pct = COVERAGE.but(unit="percent", maximum=100 * MOST_RATIO)
    workers_covered = WORKERS
    denominator_stated = DENOMINATOR
    denominator_label = DENOMINATOR_LABEL
    target_pct = TARGET.but(unit="percent", maximum=100 * MOST_RATIO)
    target_year = TARGET_YEAR
    target_workers = TARGET_WORKERS
    gap_workers = GAP
    budget_idr = BUDGET
    premium_idr_month = PREMIUM
    source_url = SOURCE_URL


class FactPublishedFigure(
    Fact,
    layer="mart",
    name="fact_published_figure",
    grain="one row per claim",
    comes_from="angka_publikasi, seeds/published_figures.csv",
):
    """Claims about coverage as they were published: those of the seeds, replaced by what an extract delivers under the same id.

    They are claims, not measurements; an empty cell was not stated. Columns keep the names of the file where they
    keep its value: coverage_pct and target_pct are fractions here (coverage_ratio_stated, target_ratio_stated), and
    kode_kemendagri is today's region_code. The judgement on each claim is in mart.claim_check.
    """

    exposed = PUBLIC

    row_id = ROW_ID.but(source="angka_publikasi.row_id")
    as_of = AS_OF.but(source="angka_publikasi.as_of")
    as_of_first_day = Column(v.DATE, "First day that as_of can mean.", "date", label_id="Hari pertama", source="as_of")
    as_of_last_day = Column(v.DATE, "Last day that as_of can mean.", "date", label_id="Hari terakhir", source="as_of")
    as_of_basis = AS_OF_BASIS.but(source="angka_publikasi.as_of_basis")
    level = LEVEL.but(source="angka_publikasi.level")
    region_code = v.REGION_CODE.but(
        key=False, nullable=True, source="angka_publikasi.kode_kemendagri, else name",
        description=f"{v.REGION_CODE.description} Empty when neither code nor name is one region's.",
    )  # fmt: skip
    kode_bps_2020 = BPS_CODE.but(source="angka_publikasi.kode_bps_2020")
    name_ = NAME.but(source="angka_publikasi.name")
    province = PROVINCE.but(source="angka_publikasi.province")
    scope = SCOPE.but(source="angka_publikasi.scope")
    coverage_ratio_stated = COVERAGE.but(source="angka_publikasi.coverage_pct / 100")
    workers_covered = WORKERS.but(source="angka_publikasi.workers_covered")
    denominator_stated = DENOMINATOR.but(source="angka_publikasi.denominator_stated")
    denominator_label = DENOMINATOR_LABEL.but(source="angka_publikasi.denominator_label")
    target_ratio_stated = TARGET.but(source="angka_publikasi.target_pct / 100")
    target_year = TARGET_YEAR.but(source="angka_publikasi.target_year")
    target_workers = TARGET_WORKERS.but(source="angka_publikasi.target_workers")
    gap_workers = GAP.but(source="angka_publikasi.gap_workers")
    budget_idr = BUDGET.but(source="angka_publikasi.budget_idr")
    premium_idr_month = PREMIUM.but(source="angka_publikasi.premium_idr_month")
    source_url = SOURCE_URL.but(source=f"angka_publikasi.source_url, {SEED}")
