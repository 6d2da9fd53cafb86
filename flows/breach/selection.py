"""Which files a breach is about: of one run, of one name or content, or all that was ever received."""

from __future__ import annotations

from dataclasses import dataclass

from flows.gating import extract_of
from warehouse import gatings, ledger
from warehouse.errors import Stop
from warehouse.gatings import Gating
from warehouse.home import Home
from warehouse.ledger import Delivery, Verdict
from warehouse.schema import Extract


@dataclass(frozen=True)
class Affected:
    """A content that was received, its gatings in order of time, and the verdict in force, None when it was never judged."""

    delivery: Delivery
    history: tuple[Gating, ...]
    verdict: Verdict | None

    @property
    def table(self) -> type[Extract]:
        """Return what its rows are."""
        return extract_of(self.delivery.kind)

    @property
    def is_about_persons(self) -> bool:
        """Return whether its rows are about persons: they hold a NIK or a KPJ."""
        return any(column.pseudonym for column in self.table.columns.values())


def affected(home: Home, run: str = "", file: str = "") -> list[Affected]:
    """Return the contents that a run received or judged, those of a name or a head of a SHA-256, or all.

    Raises Stop when there are none.
    """
    history = gatings.gatings(home)
    judged = {(one.name, one.sha256) for one in history if one.run_id == run}
    wanted = {
        (one.name, one.sha256): one
        for one in ledger.deliveries(home)
        if (not run or one.run_id == run or (one.name, one.sha256) in judged)
        and (not file or one.name == file or (len(file) >= 6 and one.sha256.startswith(file)))
    }
    if not wanted:
        en, id = f"nothing was received as {run or file or home.root}", f"tidak ada berkas {run or file or home.root}"
        raise Stop("breach_of_nothing", en, id, "cakupan status names the runs, cakupan quarantine list the files")
    return [
        _of(home, one, [past for past in history if (past.name, past.sha256) == key]) for key, one in wanted.items()
    ]


def _of(home: Home, delivery: Delivery, history: list[Gating]) -> Affected:
    verdict = ledger.find(home, history[-1].gate_id) if history else None
    return Affected(delivery, tuple(history), verdict)
