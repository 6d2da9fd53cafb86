"""What a target can be measured with, and what it takes to reach one."""

from warehouse import vocabulary as v
from warehouse.schema import Column
from warehouse.tables.coverage import COVERAGE, FactCoverage
from warehouse.tables.published_figure import FactPublishedFigure
from warehouse.tables.target import FactTarget
from warehouse.tables.workforce import FactWorkforce
from warehouse.view import View, renamed
from warehouse.views.standing import people

ORIGINS = ("RELEASE", "TARGET", "CLAIM")


class Denominator(
    View, name="denominator", of=(FactWorkforce, FactTarget, FactPublishedFigure),
    grain="one row per region, workforce_source, workforce_period and released_on",
    shows="region_code workforce_source workforce_period released_on eligible_workers origin",
):  # fmt: skip
    """Every number of eligible workers known for a region: releases, and what targets and claims state or imply.

    The releases of the working population have the origin RELEASE; a province or the nation adds up the releases that
    hold all its regencies. Those that a target (TARGET) or a claim with its workers (CLAIM) states or implies are there
    where no release or earlier row explains it within the precision it was printed with. workforce_source names the
    release, the target (year, frame) or the claim (row_id); workforce_period is its survey period, year or date. Rows of
    one region are rivals: choose one, never sum.
    """

    workforce_source = renamed(
        FactWorkforce, "source", description="The release, the target (year, frame) or the claim (row_id).",
        source="penduduk_bekerja, target, angka_publikasi",
    )  # fmt: skip
    workforce_period = renamed(
        FactWorkforce, "period", description="Survey period of the release, year of the target or date of the claim.",
        source="penduduk_bekerja, target, angka_publikasi", pattern="",
    )  # fmt: skip
    released_on = renamed(
        FactWorkforce, "released_on", nullable=True, source="penduduk_bekerja, angka_publikasi",
        description="Day of the release, last day that the claim can mean; empty for a target.",
    )  # fmt: skip
    eligible_workers = renamed(
        FactWorkforce, "eligible_workers", additive=False, source="penduduk_bekerja, target, angka_publikasi",
        description="Eligible workers that the source states or implies.",
    )  # fmt: skip
    origin = Column(
        v.TEXT,
        "What kind of source it is.",
        "code",
        label_id="Asal penyebut",
        values=ORIGINS,
        source="origin of the row",
    )


class PlanToTarget(
    View, name="plan_to_target", of=(Denominator, FactCoverage), parameters=("region", "ratio", "premium_idr"),
    grain="one row per denominator of the region",
    shows="workforce_source workforce_period released_on eligible_workers month as_of_date active_workers workers_missing"
    " monthly_idr yearly_idr coverage_ratio",
):  # fmt: skip
    """What it takes to bring the region (code) to the coverage ratio (fraction) at a monthly premium (rupiah).

    There is one row per denominator known (mart.denominator: the releases of the working population, and what targets and
    claims state or imply beside them), because the answer depends on it. workers_missing = the smallest whole number that
    reaches the ratio, less the UCJ workers active by residence in the newest month, negative when the target is passed;
    rupiah are then 0. coverage_ratio is the coverage by the denominator of the row. Usage: FROM
    mart.plan_to_target('15.03', 0.962, 16800).
    """

    month = renamed(FactCoverage, "month", key=False, nullable=True)
    as_of_date = renamed(FactCoverage, "as_of_date", key=False, nullable=True)
    active_workers = renamed(FactCoverage, "active_workers", nullable=True)
    workers_missing = people("Workers missing to the ratio; negative when it is passed.", "Kekurangan pekerja")
    monthly_idr = v.rupiah("Contribution of the missing workers for a month.", "Kebutuhan sebulan", nullable=True).but(
        additive=False
    )
    yearly_idr = v.rupiah(
        "Contribution of the missing workers for twelve months.", "Kebutuhan setahun", nullable=True
    ).but(additive=False)
    coverage_ratio = v.ratio(COVERAGE)
