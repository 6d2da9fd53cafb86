"""Freshness: which kinds have nothing of the month that is due, and which regencies are missing in the newest month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.context import utc_now
from flows.planning import DATED
from flows.steps import required_month
from warehouse import ledger
from warehouse.calendar import newest_due
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.store import query

KIND, REGENCY = "KIND", "REGENCY"
MISSING_REGENCIES = """
WITH held AS (
    SELECT region_code, region_name, max(month) AS newest
    FROM mart.coverage
    WHERE level = 'regency' AND segment = 'UCJ' AND basis = 'RESIDENCE' AND active_workers > 0
    GROUP BY region_code, region_name
)
SELECT region_code, region_name, (SELECT max(newest) FROM held) AS month, newest
FROM held
WHERE newest < (SELECT max(newest) FROM held)
ORDER BY region_code
"""


@dataclass(frozen=True)
class Missing:
    """What is missing: a KIND without the month that fell due, or a REGENCY without the newest month; and what is newest."""

    what: str
    name: str
    month: date
    newest: date

    @property
    def text(self) -> str:
        """Return the finding in both languages."""
        return f"{self.name}: {self.month:%Y-%m} belum ada / is missing; terakhir / newest {self.newest:%Y-%m}"


def check(home: str, config: str | None = None, today: date | None = None) -> list[Missing]:
    """Return what is missing on a day, today by default: kinds first, then regencies by code."""
    del config
    place, due = Home(Path(home).resolve()), newest_due(today or utc_now().date())
    return [*_late_kinds(place, due), *_missing_regencies(place)]


def require_delivered(home: Home, month: str) -> None:
    """Raise Stop naming the kinds that were delivered for other months and have no data of this one."""
    wanted = required_month(month)
    if late := [kind for kind, months in delivered(home).items() if wanted not in months]:
        en, id = f"{month} was not delivered: {', '.join(late)}", f"{month} belum dikirim: {', '.join(late)}"
        raise Stop("month_not_delivered", en, id, "ask the sender; the next run loads what comes")


def delivered(home: Home) -> dict[str, set[date]]:
    """Return the months that every dated kind was delivered for and judged fit; kinds that never came are left out."""
    found: dict[str, set[date]] = defaultdict(set)
    for gate_id in ledger.gated(home):
        verdict = ledger.find(home, gate_id)
        if verdict and verdict.kind in DATED and not verdict.stopped:
            found[verdict.kind].update(version.month for version in verdict.fed())
    return {kind: found[kind] for kind in DATED if found[kind]}


def _late_kinds(home: Home, due: date) -> list[Missing]:
    newest = {kind: max(months) for kind, months in delivered(home).items()}
    return [Missing(KIND, kind, due, month) for kind, month in newest.items() if month < due]


def _missing_regencies(home: Home) -> list[Missing]:
    if not home.current.exists():
        return []
    rows = query(home.current, MISSING_REGENCIES).iter_rows()
    return [Missing(REGENCY, f"{code} {name}", month, newest) for code, name, month, newest in rows]
