"""Published claims: what their own numbers imply, what we knew on their day, and the judgement."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.metric import Metric
from warehouse.schema import Column
from warehouse.tables.coverage import COVERAGE, FactCoverage
from warehouse.tables.dimensions import DimRegion
from warehouse.tables.place import Place
from warehouse.tables.published_figure import FactPublishedFigure
from warehouse.view import View, renamed

CLAIM = "angka_publikasi"
VERDICTS = (
    "AGREES", "OTHER_DATE", "OTHER_BASIS", "OTHER_DENOMINATOR", "PERCENT_OF_TARGET", "INCONSISTENT_IN_ITSELF", "NOT_CHECKABLE",
)  # fmt: skip


def flag(description: str, label_id: str) -> Column:
    """Return a yes-or-no column that the words or numbers of a claim decide."""
    return Column(pl.Boolean(), description, "flag", label_id=label_id, nullable=True)


def bound(description: str, label_id: str, unit: str = "persons", dtype: pl.DataType | None = None) -> Column:
    """Return an end of the range that a printed number can mean."""
    return Column(
        dtype or pl.Float64(), description, unit, label_id=label_id, nullable=True, additive=False, source=CLAIM
    )


def implied(description: str, label_id: str, unit: str = "persons") -> Column:
    """Return a number that the numbers of a claim imply."""
    return Column(v.WHOLE, description, unit, label_id=label_id, nullable=True, additive=False, source=CLAIM)


def words(description: str, label_id: str) -> Column:
    """Return a text."""
    return Column(v.TEXT, description, "text", label_id=label_id, nullable=True)


ABOVE = pl.Decimal(21, 1)


class ClaimArithmetic(
    View, name="claim_arithmetic", of=(FactPublishedFigure, Place), grain="one row per claim",
    shows="row_id as_of as_of_first_day as_of_last_day as_of_basis level region_code kode_bps_2020 name province scope"
    " coverage_ratio_stated workers_covered denominator_stated denominator_label target_ratio_stated target_year"
    " target_workers gap_workers budget_idr premium_idr_month source_url coverage_low coverage_high target_low target_high"
    " workers_low workers_high denominator_low denominator_high target_workers_low target_workers_high gap_low gap_high"
    " region_name population target_is_of_its_year is_share_of_target is_target_only is_vulnerable_only basis segment"
    " coverage_ratio_computed implied_denominator_from_coverage implied_denominator_from_target implied_annual_premium_idr"
    " implied_gap_workers from_coverage_low from_coverage_high from_target_low from_target_high first_denominator first_low"
    " first_high any_denominator",
):  # fmt: skip
    """Every standing claim with what its own numbers imply, and the range (low, high) that each printed number can mean.

    A number can mean half a digit of a percentage (52 is 51.5 to 52.5; trailing zeros are not digits), and of a count
    half a unit of its last digit below, a whole unit above where it is rounded. from_coverage and from_target bound the
    eligible workers that the coverage and the target imply. segment and basis are what the words of the scope mean here;
    segment is empty for a scope the warehouse does not count. first_denominator is the one stated or else implied by the
    coverage, any_denominator else that of the target. Judged in claim_check.
    """

    coverage_low = bound("Least coverage that the printed one can mean.", "Cakupan, batas bawah", "fraction").but(
        stated=True
    )
    coverage_high = bound("Most coverage that the printed one can mean.", "Cakupan, batas atas", "fraction").but(
        stated=True
    )
    target_low = bound("Least target that the printed one can mean.", "Target, batas bawah", "fraction").but(
        stated=True
    )
    target_high = bound("Most target that the printed one can mean.", "Target, batas atas", "fraction").but(stated=True)
    workers_low = bound("Fewest workers that the printed number can mean.", "Pekerja, batas bawah")
    workers_high = bound("Most workers that the printed number can mean.", "Pekerja, batas atas", dtype=ABOVE)
    denominator_low = bound("Least that the printed denominator can mean.", "Penyebut, batas bawah")
    denominator_high = bound("Most that the printed denominator can mean.", "Penyebut, batas atas", dtype=ABOVE)
    target_workers_low = bound("Fewest workers that the printed target can mean.", "Target pekerja, batas bawah")
    target_workers_high = bound(
        "Most workers that the printed target can mean.", "Target pekerja, batas atas", dtype=ABOVE
    )
    gap_low = bound("Fewest missing workers that the printed number can mean.", "Kekurangan, batas bawah")
    gap_high = bound("Most missing workers that the printed number can mean.", "Kekurangan, batas atas", dtype=ABOVE)
    region_name = words("Name of the region today, else as the claim states it.", "Nama wilayah").but(nullable=False)
    population = renamed(DimRegion, "population")
    target_is_of_its_year = flag(
        "Whether the target is one of the year that the claim speaks of.", "Target tahun yang sama"
    ).but(nullable=False)
    is_share_of_target = flag("Whether its words say that it is a share of the target.", "Persen dari target")
    is_target_only = flag("Whether it speaks of the target alone.", "Hanya target")
    is_vulnerable_only = flag("Whether it counts vulnerable workers alone.", "Hanya pekerja rentan")
    basis = renamed(FactCoverage, "basis", key=False, source=CLAIM)
    segment = renamed(
        FactCoverage, "segment", key=False, nullable=True, source=CLAIM,
        description="The scope of ours that its words mean; empty for one that the warehouse does not count.",
    )  # fmt: skip
    coverage_ratio_computed = v.ratio(
        Metric(
            "workers_covered", "denominator_stated", "Workers of the claim over the denominator it states.",
            "Cakupan menurut angkanya sendiri", "Coverage by the claim's own numbers",
            basis="as the claim states", legal_reference="the claim itself, source_url",
            concept_id="Cakupan menurut angka yang dipublikasikan pihak lain",
            meaning_id="Perbandingan jumlah pekerja dengan penyebut, keduanya sebagaimana disebut dalam satu publikasi.",
            interpretation_id="Bila berbeda dari cakupan yang tercetak, publikasi itu memakai penyebut lain atau tidak konsisten."
            " Ini klaim pihak lain, bukan hasil hitungan gudang data.",
        )
    )  # fmt: skip
    implied_denominator_from_coverage = implied(
        "Workers over the stated coverage, rounded half to even.", "Penyebut tersirat dari cakupan"
    )
    implied_denominator_from_target = implied(
        "Target workers over the stated target, rounded half to even.", "Penyebut tersirat dari target"
    )
    implied_annual_premium_idr = implied("Workers x contribution of a month x 12.", "Iuran setahun tersirat", "rupiah")
    implied_gap_workers = implied(
        "Workers missing to the claim's own target; negative when it is passed.", "Kekurangan tersirat"
    )
    from_coverage_low = bound(
        "Fewest eligible workers that workers and coverage imply.", "Penyebut dari cakupan, batas bawah"
    )
    from_coverage_high = bound(
        "Most eligible workers that workers and coverage imply.", "Penyebut dari cakupan, batas atas"
    )
    from_target_low = bound("Fewest eligible workers that the target implies.", "Penyebut dari target, batas bawah")
    from_target_high = bound("Most eligible workers that the target implies.", "Penyebut dari target, batas atas")
    first_denominator = implied("The denominator stated, else that implied by the coverage.", "Penyebut pertama")
    first_low = bound("Least that first_denominator can mean.", "Penyebut pertama, batas bawah")
    first_high = bound("Most that first_denominator can mean.", "Penyebut pertama, batas atas")
    any_denominator = implied("first_denominator, else that implied by the target.", "Penyebut apa pun")


class ClaimFigure(
    View, name="claim_figure", of=(ClaimArithmetic, FactCoverage),
    grain="one row per claim, month, as_of_date, basis, segment and is_known",
    shows="row_id is_known is_of_its_basis is_of_its_segment month as_of_date basis segment workers eligible_workers ratio"
    " workforce_source workforce_period days_away workers_fit ratio_fits denominator_fits agrees",
):  # fmt: skip
    """Our coverage figures that a claim can be held against.

    Those of the newest month known on the last day the claim can mean (is_known, by the rule of coverage_as_of; none
    older than six months), by every basis and segment, and every standing figure within six months of it. workers are the
    vulnerable ones where the claim counts only those. workers_fit, ratio_fits and denominator_fits compare with what is
    stated, within the printed precision, and are true where nothing is stated; agrees: all that is stated fits. Rows of
    one claim are alternatives: choose one, never sum.
    """

    is_known = flag("Whether it is what we knew on the claim's day.", "Diketahui hari itu").but(
        nullable=False, key=True
    )
    is_of_its_basis = flag("Whether its basis is that of the claim.", "Dasar sama")
    is_of_its_segment = flag("Whether its segment scope is that of the claim.", "Segmen sama")
    basis = renamed(FactCoverage, "basis")
    segment = renamed(FactCoverage, "segment")
    workers = renamed(
        FactCoverage, "active_workers", label_id="Pekerja kami", nullable=True,
        description="Distinct workers in force, the vulnerable ones where the claim counts only those.",
    )  # fmt: skip
    ratio = v.ratio(COVERAGE.over("workers", "eligible_workers"))
    days_away = Column(
        v.WHOLE, "Days between as_of_date and the claim's last day.", "days", label_id="Selisih hari", additive=False
    )
    workers_fit = flag("Whether the workers fit, or none are stated.", "Pekerja cocok")
    ratio_fits = flag("Whether the coverage fits, or none is stated.", "Cakupan cocok")
    denominator_fits = flag("Whether the denominator fits, or none is stated.", "Penyebut cocok")
    agrees = flag("Whether all that is stated fits.", "Sesuai")


FINDING = words("Name of the rule that found it.", "Temuan").but(key=True, nullable=False)
VERDICT = Column(v.TEXT, "What the finding makes of the claim.", "code", label_id="Putusan", values=VERDICTS)
TURN = Column(
    pl.Int32(),
    "Order in which the rules decide; the lowest gives the verdict.",
    "number",
    label_id="Urutan",
    additive=False,
)
WHY_ID = words("The finding in a sentence, in Indonesian.", "Penjelasan").but(nullable=False)
WHY_EN = words("The finding in a sentence, in English.", "Penjelasan (Inggris)").but(nullable=False)
FILLED = Column(
    pl.List(pl.String()), "Numbers that fill places 0 to 5 of the sentence, as written in English.", "text", label_id="Angka",
    source="mart.claim_arithmetic, mart.claim_figure",
)  # fmt: skip


class ClaimOwnFinding(
    View, name="claim_own_finding", of=(ClaimArithmetic,), grain="one row per claim and rule",
    shows="row_id turn finding verdict en id numbers names",
):  # fmt: skip
    """What the numbers of a claim say against each other, with a sentence in both languages.

    Its places are filled by numbers (0 to 5, as written in English) and names (6 to 8). Read claim_finding, where they are whole.
    """

    turn = TURN
    finding = FINDING
    verdict = VERDICT
    en = WHY_EN
    id = WHY_ID
    numbers = FILLED
    names = FILLED.but(description="Names that fill places 6 to 8 of the sentence.", label_id="Nama")


class ClaimOurFinding(
    View, name="claim_our_finding", of=(ClaimOwnFinding, ClaimArithmetic, ClaimFigure, FactCoverage),
    grain="one row per claim and rule", shows="row_id turn finding verdict en id numbers names",
):  # fmt: skip
    """How a claim compares with what we knew on its day, with a sentence in both languages.

    Its places are filled by numbers (0 to 5, as written in English) and names (6 to 8). Read claim_finding, where they are whole.
    """


class ClaimFinding(
    View, name="claim_finding", of=(ClaimOwnFinding, ClaimOurFinding), grain="one row per claim and rule",
    shows="row_id turn finding verdict why_id why_en",
):  # fmt: skip
    """Everything found about each claim, with its verdict and a sentence in Indonesian and English.

    turn is the order in which rules decide, the lowest gives the verdict of claim_check. First what a claim's own numbers
    say against each other, then how it compares with what we knew on its day: agreement, another date, basis or scope,
    denominator, a share of the target.
    """

    why_id = WHY_ID
    why_en = WHY_EN


class ClaimCheck(
    View, name="claim_check", of=(ClaimArithmetic, ClaimFinding, ClaimFigure), grain="one row per claim",
    shows="row_id as_of as_of_basis level region_code region_name scope coverage_ratio_stated workers_covered"
    " denominator_stated denominator_label target_ratio_stated target_year target_workers gap_workers budget_idr"
    " premium_idr_month verdict finding why_id why_en coverage_ratio_computed implied_denominator_from_coverage"
    " implied_denominator_from_target implied_annual_premium_idr implied_gap_workers our_active_workers our_eligible_workers"
    " our_ratio our_month our_as_of_date our_basis our_segment workforce_source workforce_period source_url",
):  # fmt: skip
    """Every published claim beside what its own numbers imply and our figure as known on the last day it can mean.

    Our figure is empty where there is none. Verdicts, each with a sentence in both languages: AGREES; OTHER_DATE,
    OTHER_BASIS, OTHER_DENOMINATOR: ours of another date, basis or scope, or over another denominator; PERCENT_OF_TARGET:
    a share of the target printed as coverage; INCONSISTENT_IN_ITSELF: its own numbers contradict each other;
    NOT_CHECKABLE: nothing to hold it against, or nothing we hold explains it. All findings: claim_finding.
    """

    finding = FINDING.but(key=False)
    our_active_workers = renamed(ClaimFigure, "workers")
    our_eligible_workers = renamed(ClaimFigure, "eligible_workers", label_id="Pekerja layak kami")
    our_ratio = v.ratio(COVERAGE.over("our_active_workers", "our_eligible_workers"))
    our_month = renamed(ClaimFigure, "month", key=False, nullable=True, label_id="Bulan angka kami")
    our_as_of_date = renamed(ClaimFigure, "as_of_date", key=False, nullable=True, label_id="Tanggal data kami")
    our_basis = renamed(ClaimFigure, "basis", key=False, nullable=True, label_id="Dasar kami")
    our_segment = renamed(ClaimFigure, "segment", key=False, nullable=True, label_id="Segmen kami")
