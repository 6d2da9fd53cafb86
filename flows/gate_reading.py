"""A delivery before the gate: opened, shaped and looked at; its rows are still texts, and nothing is computed yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from expectations.answers import MESSAGES, UNKNOWN
from expectations.gate import Judgement
from flows.at_rest.landed import opened as landed
from flows.context import Load
from flows.extracts import extract_of
from flows.quarantine.answers import OF_CONTENT, SEVERAL, as_sent, is_answer, references
from warehouse import lake, reading
from warehouse.dialect import Dialect
from warehouse.disk import refusal_of
from warehouse.errors import Stop
from warehouse.layouts.forms import Headers, first_rows, seen_columns, seen_in_files
from warehouse.ledger import Delivery, Reason, SeenColumn
from warehouse.reading import Opened
from warehouse.reading.rounded import SAMPLE, refuse_rounded, suspicious
from warehouse.rules import FILE
from warehouse.seals import Damaged


@dataclass(frozen=True)
class Terms:
    """What a gating heeds beside the file and the settings; its name then is `gate_id`.

    An answer is judged as a part of the file `first`, in `dialect`; `pairs` holds the line that each of its lines
    answers, and `exported` tells that we wrote its cells. `answered` is the number of rejected rows of the file that answers stand for.
    """

    gate_id: str
    first: Delivery
    dialect: Dialect | None = None
    pairs: pl.DataFrame | None = None
    exported: bool = False
    answered: int = 0

    @property
    def answers(self) -> str:
        """Return the SHA-256 of the content that is answered, empty when it is no answer that is judged."""
        return self.first.sha256 if self.pairs is not None else ""


Totals = tuple[tuple[str, object, object], ...]


class Texts(NamedTuple):
    """The rows of a delivery as texts, how many they are, and what was decided when they were read."""

    frame: pl.LazyFrame
    dialect: Dialect
    headers: Headers
    notes: tuple[str, ...]
    left_out: Mapping[str, int]


@dataclass
class Arrival:
    """A delivery at the gate under the name of its gating: its texts and its judgement, or why it is stopped.

    `opened` is its file, once it was opened, `columns` its columns as its first rows show them; `totals` are its control
    totals: what, the value stated, the value measured.
    """

    delivery: Delivery
    gate_id: str
    terms: Terms | None = None
    texts: Texts | None = None
    judgement: Judgement | None = None
    totals: Totals = ()
    stop: Reason | None = None
    opened: list[Opened] = field(default_factory=list)
    columns: tuple[SeenColumn, ...] = ()
    is_unknown_answer: bool = False

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Stop the file with a reason when the block fails, whatever the error; what says nothing about a file is raised."""
        try:
            yield
        except Damaged:
            raise
        except Stop as stop:
            if stop.of_machine:
                raise
            self.stop = Reason(stop.rule, stop.en, stop.id, stop.cure)
        except (Exception, pl.exceptions.PanicException) as broken:
            if refused := refusal_of(broken):
                raise refused from None
            self.opened.clear()
            self.stop = _unreadable(broken)


def arrive(load: Load, delivery: Delivery, gate_id: str, terms: Terms | None, scratch: Path) -> Arrival:
    """Return a delivery with its texts, or stopped when it cannot be read as declared."""
    arrival = Arrival(delivery, gate_id, terms)
    with arrival.stopping():
        arrival.is_unknown_answer = terms is None and is_answer(landed_copy(load, delivery.sha256, scratch))
        if arrival.is_unknown_answer:
            raise _unknown_answer(load, delivery, gate_id, scratch)
        arrival.texts = _texts(load, arrival, scratch)
    return arrival


def landed_copy(load: Load, sha256: str, scratch: Path) -> Path:
    """Return a file that holds a landed content in the clear. Raises Stop when landing cannot give it."""
    return landed(load.home, sha256, scratch, load.settings.landing)


def _texts(load: Load, arrival: Arrival, scratch: Path) -> Texts:
    delivery, terms = arrival.delivery, arrival.terms
    table, file = extract_of(delivery.kind), landed_copy(load, delivery.sha256, scratch)
    dialect = terms.dialect if terms and terms.dialect else load.settings.dialect_of(delivery.name)
    shaped = reading.scan(file, table, dialect, scratch, load.settings.limits.as_limits(), arrival.opened.append)
    return Texts(shaped.frame, dialect, shaped.columns, shaped.notes, shaped.left_out)


def look_at(arrival: Arrival) -> pl.LazyFrame:
    """Return the texts of a delivery as they were sent, after a look at its first rows. Raises Stop when its ids are rounded."""
    texts, terms = arrival.texts, arrival.terms
    assert texts
    table = extract_of(arrival.delivery.kind)
    refuse_rounded(texts.frame, table)
    if terms is None:
        arrival.columns = seen_columns(texts.frame, table, texts.headers)
    return as_sent(texts.frame) if terms and terms.answers and terms.exported else texts.frame


def look_at_all(arrivals: Sequence[Arrival], held: pl.DataFrame) -> None:
    """Look at the first rows of several deliveries: `held` has their texts, by the column `file`; those of rounded ids are stopped."""
    table = extract_of(arrivals[0].delivery.kind)
    for file in suspicious(first_rows(held, SAMPLE), table):
        with arrivals[file].stopping():
            refuse_rounded(held.lazy().filter(pl.col(FILE) == file), table)
    headers = [arrival.texts.headers for arrival in arrivals if arrival.texts]
    for arrival, columns in zip(arrivals, seen_in_files(first_rows(held), table, headers), strict=True):
        arrival.columns = columns


def _unknown_answer(load: Load, delivery: Delivery, gate_id: str, scratch: Path) -> Stop:
    """Return why an answer is not judged before the content it answers is found, after its references were kept."""
    path = lake.answers_path(load.home, gate_id)
    lake.write(references(landed_copy(load, delivery.sha256, scratch), scratch), path)
    if lake.read(path)[OF_CONTENT].drop_nulls().n_unique() > 1:
        return Stop(*SEVERAL)
    en, id = MESSAGES[UNKNOWN]
    return Stop(UNKNOWN, en, id, "kirim baris dari ekspor terakhir / send rows of the last export")


def _unreadable(broken: BaseException) -> Reason:
    kind = type(broken).__name__
    return Reason(
        "unreadable_file",
        f"the file cannot be read ({kind})",
        f"berkas tidak dapat dibaca ({kind})",
        "send the file again",
    )
