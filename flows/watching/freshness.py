"""What should have come by now and has not: months of a kind, and regencies of a month, by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flows.settings import Settings
from flows.watching.condition import Condition, Weight
from flows.watching.deliveries import Volumes, volumes
from flows.watching.settings import WatchSettings
from warehouse.calendar import months_between, shift
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.store import query

JAKARTA = timedelta(hours=7)
MONTHS_BACK = 12
GONE = """
WITH newest AS (
    SELECT month, max(as_of_date) AS as_of_date FROM mart.fact_coverage WHERE superseded_at IS NULL GROUP BY month
),
active AS (
    SELECT region_code, month, active_workers
    FROM mart.fact_coverage SEMI JOIN newest USING (month, as_of_date)
    WHERE superseded_at IS NULL AND basis = 'RESIDENCE' AND segment = 'ALL' AND active_workers > 0
)
SELECT region.name, region.region_code
FROM active AS before
INNER JOIN mart.dim_region AS region USING (region_code)
LEFT JOIN active AS now ON now.region_code = before.region_code AND now.month = $month
WHERE before.month = $before AND now.region_code IS NULL AND region.level = 'regency'
ORDER BY region.region_code
"""


def due_month(now: datetime, watch: WatchSettings) -> date:
    """Return the newest month whose files are due; `now` is UTC without zone."""
    here = now + JAKARTA
    passed = (here.day, here.hour) >= (watch.due_day, watch.due_hour)
    return shift(here.date().replace(day=1), -1 if passed else -2)


def missing_deliveries(delivered: Volumes, watch: WatchSettings, now: datetime) -> Iterator[Condition]:
    """Yield every month of a watched kind that is due and that a source did not deliver, since the first one that it did."""
    newest = due_month(now, watch)
    for line, months in delivered.items():
        if line.kind not in watch.kinds or not months:
            continue
        first = max(min(months), shift(newest, 1 - MONTHS_BACK))
        for month in months_between(first, newest):
            if month not in months:
                due = shift(month, 1).replace(day=watch.due_day)
                yield Condition(
                    "missing_delivery", f"{line} {month:%Y-%m}", Weight.ERROR,
                    f"{line} of {month:%Y-%m} has not come; it was due on {due}",
                    f"{line} bulan {month:%Y-%m} belum diterima; seharusnya {due}", "ask its sender",
                )  # fmt: skip


def require_delivered(home: Home, settings: Settings, month: str) -> None:
    """Raise Stop naming the sources and kinds that were delivered for other months and have no accepted file of this one."""
    wanted = datetime.strptime(month, "%Y-%m").date()
    if late := [str(line) for line, months in volumes(home, settings).items() if wanted not in months]:
        en, id = f"{month} was not delivered: {', '.join(late)}", f"{month} belum dikirim: {', '.join(late)}"
        raise Stop("month_not_delivered", en, id, "ask the sender; the next run loads what comes")


def missing_regencies(home: Home, delivered: Volumes) -> Iterator[Condition]:
    """Yield the regencies that had workers the month before and have none in the newest month of memberships."""
    months = [month for line, found in delivered.items() if line.kind == "kepesertaan" for month in found]
    if not months or not home.warehouse.exists():
        return
    newest = max(months)
    rows = query(home.warehouse, GONE, {"month": newest, "before": shift(newest, -1)})
    for name, code in rows.rows():
        yield Condition(
            "missing_regency", f"{code} {name} {newest:%Y-%m}", Weight.ERROR,
            f"{name} ({code}) has no workers in {newest:%Y-%m} and had some the month before: not delivered?",
            f"{name} ({code}) tanpa pekerja pada {newest:%Y-%m}, bulan sebelumnya ada: belum diterima?",
            "ask its sender; coverage of the month is not whole until it comes",
        )  # fmt: skip
