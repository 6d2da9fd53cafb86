"""What follows from the figures that stand: gaps, ranks, bridges, budgets, arrears, published figures."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.metric import Metric
from warehouse.schema import Column
from warehouse.tables.arrears import FactArrears
from warehouse.tables.budget import FactBudget, FactMinimumPremium
from warehouse.tables.compliance import FactCompliance
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.dimensions import DimFundingSource
from warehouse.tables.indicator import FactIndicator
from warehouse.tables.movement import FactMovement
from warehouse.tables.place import Place
from warehouse.tables.target import FactTarget
from warehouse.view import View, renamed


def people(description: str, label_id: str, formula: str = "") -> Column:
    """Return a number of persons that may be negative, and never is summed."""
    return Column(
        v.WHOLE, description, "persons", label_id=label_id, nullable=True, additive=False, formula=formula
    )  # fmt: skip


def place_of(description: str, label_id: str) -> Column:
    """Return a rank, or among how many it is one."""
    return Column(v.WHOLE, description, "rank", label_id=label_id, additive=False)


class ArrearsAgeing(
    View, name="arrears_ageing", of=(FactArrears, FactCompliance, Place),
    grain="one row per regency, month and class of arrears",
    shows="region_code region_name province_code province_name month as_of_date arrears_class employers arrears_idr"
    " arrears_as_of_date",
):  # fmt: skip
    """Arrears by age, as it stands: LANCAR 1 to 3 months, KURANG_LANCAR 4 to 6, MACET 7 to 9, KONTINJENSI over 9.

    Two measures side by side, never to be divided by each other. employers: registered employers of the regency
    (badan_usaha), each once, in the class of its oldest unpaid month, on as_of_date; empty when compliance was not
    assessed. arrears_idr: all that is owed there by employers, members and donors in every segment (iuran), each unpaid
    month in the class of its own age, on arrears_as_of_date; empty when nothing was ever billed there. Both add up over
    regencies and classes, never over months.
    """

    as_of_date = renamed(FactCompliance, "as_of_date", key=False)
    employers = v.count(
        "Registered employers whose oldest unpaid month is of the class; empty when compliance was not assessed.",
        "employers", "Pemberi kerja menunggak", nullable=True,
    ).but(source="badan_usaha, iuran")  # fmt: skip
    arrears_idr = renamed(FactArrears, "arrears_idr", nullable=True)
    arrears_as_of_date = renamed(
        FactArrears, "as_of_date", key=False, nullable=True, label_id="Tanggal data piutang",
        description="Day on which the source saw the contributions that arrears_idr follows from.",
    )  # fmt: skip


class BudgetAbsorption(
    View, name="budget_absorption", of=(FactBudget, FactMinimumPremium, DimFundingSource, Place),
    grain="one row per regency, year and funding source",
    shows="region_code region_name level province_code province_name year funding_source funding_source_name is_government"
    " budget_idr spent_idr unspent_idr absorption_ratio budget_workers budget_per_worker_idr yearly_premium_idr"
    " workers_yearly_idr workers_paid_for",
):  # fmt: skip
    """Budgets for contributions as they stand: budget_idr beside spent_idr, what was paid for the months known so far.

    unspent_idr is negative and absorption_ratio (a fraction) above 1 when more was paid than budgeted. budget_idr is
    empty where a public source was billed and no budget was delivered, spent_idr while no contributions of the year were.
    yearly_premium_idr is what one own-account worker costs for a whole year at the lowest contribution by law
    (mart.fact_minimum_premium): workers_yearly_idr = budget_workers x that, workers_paid_for = the whole workers that the
    budget pays for a whole year. Amounts add up over regencies and funding sources.
    """

    funding_source_name = renamed(DimFundingSource, "name_id", label_id="Nama sumber dana")
    unspent_idr = Column(
        v.WHOLE, "Budget that is left; negative when more was paid than budgeted.", "rupiah", label_id="Sisa anggaran",
        nullable=True, formula="budget_idr - spent_idr",
    )  # fmt: skip
    yearly_premium_idr = renamed(FactMinimumPremium, "yearly_premium_idr", nullable=True)
    workers_yearly_idr = Column(
        v.WHOLE, "What the budgeted workers cost for a whole year at the lowest contribution by law.", "rupiah",
        label_id="Kebutuhan setahun", nullable=True, formula="budget_workers * yearly_premium_idr",
    )  # fmt: skip
    workers_paid_for = Column(
        v.WHOLE, "Whole workers that the budget pays for a whole year at the lowest contribution by law.", "workers",
        label_id="Pekerja terbiayai", nullable=True, additive=False, formula="budget_idr // yearly_premium_idr",
    )  # fmt: skip


class CoverageGap(
    View, name="coverage_gap", of=(FactCoverage, FactTarget, Place),
    grain="one row per region (all three levels), month, basis and frame",
    shows="region_code region_name level province_code province_name month as_of_date basis frame active_workers"
    " eligible_workers workforce_source workforce_period coverage_ratio target_ratio target_workers_stated"
    " target_workers_computed workers_missing workers_missing_stated legal_reference attainment_ratio",
):  # fmt: skip
    """UCJ coverage as it stands against each target of the month's year.

    target_workers_computed is the smallest whole number of eligible_workers that reaches target_ratio; workers_missing
    is that less active_workers, negative when the target is passed; the columns ending in _stated take the number of
    workers the target itself names. Frames and bases must not be mixed. Money: plan_to_target.
    """

    target_workers_stated = renamed(FactTarget, "target_workers", label_id="Target tenaga kerja tercantum")
    target_workers_computed = people(
        "The smallest whole number of eligible workers that reaches target_ratio.", "Target tenaga kerja terhitung"
    )
    workers_missing = people(
        "Workers missing to target_workers_computed; negative when it is passed.", "Kekurangan pekerja",
        "target_workers_computed - active_workers",
    )  # fmt: skip
    workers_missing_stated = people(
        "Workers missing to the number that the target states; negative when it is passed.",
        "Kekurangan terhadap target tercantum", "target_workers_stated - active_workers",
    )  # fmt: skip
    attainment_ratio = v.ratio(
        Metric(
            "active_workers", "target_workers_computed",
            "Attainment: active workers over those that reach the target. No coverage: a share of the target.",
            "Capaian target", "Target attainment",
            basis="the basis and the denominator of coverage_ratio, the frame of the target",
            legal_reference="the target's own, legal_reference of the row",
            concept_id="Capaian terhadap target cakupan jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan jumlah pekerja aktif dengan jumlah pekerja yang diperlukan untuk mencapai target"
            " cakupan.",
            interpretation_id="Nilai 1 berarti target tercapai. Ini persentase dari target, bukan cakupan; jangan mencampur"
            " kerangka target.",
        )
    )  # fmt: skip


class PublishedIndicator(
    View, name="indicator", of=(FactIndicator, Place), grain="one row per region, period, indicator and source",
    shows="region_code region_name level province_code province_name period indicator source value unit label released_on",
):  # fmt: skip
    """Published figures of regions as they stand, with the name of the region; a period is YYYY or YYYY-MM.

    value is in the unit of the row, where that is stated; label is the header as it was published. A figure that was
    published as missing has no row. Never sum: an indicator may be a rate, a mean or a count, and regions stand beside
    their province.
    """


class LeagueTable(
    View, name="league_table", of=(FactCoverage, Place), grain="one row per regency and month",
    shows="region_code region_name province_code province_name month as_of_date is_newest_month active_workers"
    " eligible_workers workforce_source workforce_period coverage_ratio rank_in_province ranked_in_province rank_in_nation"
    " ranked_in_nation",
):  # fmt: skip
    """Regencies ranked by UCJ coverage, by residence, in their province and in the nation, for every month.

    is_newest_month marks the last one. Equal ratios share a rank. ranked_in_province and ranked_in_nation say among how
    many: a regency without eligible workers is not ranked.
    """

    is_newest_month = Column(pl.Boolean(), "Whether the month is the newest of all.", "flag", label_id="Bulan terbaru")
    rank_in_province = place_of("Rank among the ranked regencies of the province; 1 has most.", "Peringkat di provinsi")
    ranked_in_province = place_of("Ranked regencies of the province.", "Jumlah diperingkat di provinsi")
    rank_in_nation = place_of("Rank among the ranked regencies of the nation; 1 has most.", "Peringkat nasional")
    ranked_in_nation = place_of("Ranked regencies of the nation.", "Jumlah diperingkat nasional")


class MonthBridge(
    View, name="month_bridge", of=(FactMovement, Place),
    grain="one row per region (all three levels), basis, segment, and version of a month and of the month before it",
    shows="region_code region_name level province_code province_name basis segment month as_of_date previous_as_of_date"
    " measured_as_of_date is_newest active_before restated_workers joined_workers returned_workers moved_in_workers"
    " moved_out_workers left_workers active_after",
):  # fmt: skip
    """From any standing version of a month to any standing version of the month after it, exact in every row.

    active_after = active_before + restated_workers + joined_workers + returned_workers + moved_in_workers -
    moved_out_workers - left_workers. Joined, returned and left are seen from the whole nation, moved in and out are
    workers active elsewhere in it; restated_workers is what the version that the change was measured against
    (measured_as_of_date, the newest known on as_of_date) counts more than active_before, negative when fewer. is_newest
    marks the newest version of both months: filter on it for one line per region, basis and segment. A version that was
    seen before any version of the month before it has no lines. Add up along a row, never down a column: regions of all
    levels, bases, segments and pairs of versions are rows side by side, and moves in and out do not cancel.
    """

    previous_as_of_date = renamed(
        FactMovement, "previous_as_of_date", key=True, description="Version of the month before."
    )
    measured_as_of_date = renamed(FactMovement, "previous_as_of_date", label_id="Tanggal data pembanding")
    is_newest = Column(
        pl.Boolean(), "Whether both versions are the newest of their months.", "flag", label_id="Versi terbaru"
    )
    active_before = renamed(
        FactMovement, "previous_workers",
        description="Distinct workers in force here the month before, in the version previous_as_of_date.",
    )  # fmt: skip
    restated_workers = people(
        "What the version that the change was measured against counts more than active_before; negative when fewer.",
        "Pekerja karena pemutakhiran data",
    ).but(source="kepesertaan", nullable=False)  # fmt: skip
    active_after = renamed(FactMovement, "active_workers")
