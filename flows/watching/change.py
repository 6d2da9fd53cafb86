"""What came, but changed more than months usually do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flows.watching.condition import Condition, Weight
from flows.watching.deliveries import Volumes
from flows.watching.settings import WatchSettings
from warehouse.calendar import shift
from warehouse.home import Home
from warehouse.store import query

JANUARY = 1
JUMPS = """
SELECT region_name, region_code, month, active_workers, previous
FROM (
    SELECT
        *,
        max(month) OVER () AS newest,
        lag(active_workers) OVER (PARTITION BY region_code ORDER BY month) AS previous,
        lag(month) OVER (PARTITION BY region_code ORDER BY month) AS month_before
    FROM mart.coverage
    WHERE basis = 'RESIDENCE' AND segment = 'UCJ'
)
WHERE month = newest AND month_before = month - INTERVAL 1 MONTH AND active_workers > 0 AND previous > 0
    AND abs(active_workers - previous) > $change * previous
ORDER BY region_code
"""


def volume_changes(delivered: Volumes, watch: WatchSettings) -> Iterator[Condition]:
    """Yield what came with far more or fewer rows in its newest month, or a larger rejected share, than the month before."""
    for line, months in delivered.items():
        newest = max(months, default=date.min)
        if line.kind not in watch.kinds or newest == date.min or (before := months.get(shift(newest, -1))) is None:
            continue
        now, subject = months[newest], f"{line} {newest:%Y-%m}"
        if before.rows and abs(now.rows - before.rows) > watch.volume_change * before.rows:
            change = f"{now.rows:,} ({now.rows / before.rows - 1:+.0%})"
            yield Condition(
                "volume_changed", subject, Weight.WARNING, f"{subject}: rows {before.rows:,} → {change}",
                f"{subject}: baris {before.rows:,} → {change}", "is the delivery whole? cakupan status, the sender's report",
            )  # fmt: skip
        if now.rejected_share - before.rejected_share > watch.rejected_rise:
            shares = f"{before.rejected_share:.1%} → {now.rejected_share:.1%}"
            yield Condition(
                "rejected_more", subject, Weight.WARNING, f"{subject}: rejected rows {shares}",
                f"{subject}: baris ditolak {shares}", "cakupan quarantine list",
            )  # fmt: skip


def coverage_jumps(home: Home, watch: WatchSettings) -> Iterator[Condition]:
    """Yield the regions whose UCJ workers changed too much in the newest month; a drop in January has a known reason.

    What is told is read from the published copy: it goes to channels outside, and a hidden figure goes nowhere.
    """
    if not home.current.exists():
        return
    rows = query(home.current, JUMPS, {"change": watch.coverage_change})
    for name, code, month, active, previous in rows.rows():
        told = f"{name} {month:%Y-%m}: {previous:,} → {active:,} ({active / previous - 1:+.0%})"
        yearly = month.month == JANUARY and active < previous
        why = "yearly payers have not renewed yet: usual in January" if yearly else "look at mart.month_bridge"
        yield Condition(
            "coverage_jumped", f"{code} {month:%Y-%m}", Weight.NOTE if yearly else Weight.WARNING,
            f"active workers of {told}", f"pekerja aktif {told}", why,
        )  # fmt: skip
