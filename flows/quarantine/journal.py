"""What a run leaves for quarantine: which gating of every content is in force, told to the journal when it changed."""

from __future__ import annotations

from collections.abc import Sequence

from flows.context import Load
from flows.planning import Judged
from flows.records import Books
from warehouse import gatings
from warehouse.gatings import Gating


def note(load: Load, judged: Sequence[Judged], books: Books) -> None:
    """Write the gating of every content to the journal, as far as the run changed it.

    A content that stands no more keeps what was said of its rows.
    """
    at = load.clock().isoformat(timespec="microseconds")
    last = {(one.name, one.sha256): one for one in gatings.gatings(load.home)}
    gatings.record(load.home, [_gating(one, load.run_id, at, books, last) for one in judged])


def _gating(one: Judged, run_id: str, at: str, books: Books, last: dict[tuple[str, str], Gating]) -> Gating:
    delivery, gate_id = one.delivery, one.verdict.gate_id
    repeated = tuple(books.repeated.get(gate_id, ()))
    known = last.get((delivery.name, delivery.sha256))
    if known and known.gate_id == gate_id and gate_id not in books.standing:
        repeated = known.repeated
    return Gating(delivery.name, delivery.sha256, delivery.kind, gate_id, run_id, at, repeated)
