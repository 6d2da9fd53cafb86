"""The people of the landing files, read again, batch by batch: their NIK and KPJ as numbers, their names as hashes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl

from flows.gating import extract_of
from flows.settings import Settings
from warehouse import dictionary, ledger, reading
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.layouts.headers import expected, places, plain
from warehouse.ledger import Delivery
from warehouse.scanning.containers import raw
from warehouse.scanning.names import Names, names_of
from warehouse.scanning.numbers import KPJ_DIGITS, NIK_DIGITS, Numbers, written
from warehouse.scanning.wanted import KPJ, NAME, NIK, People, sampled
from warehouse.schema import Extract, Table
from warehouse.tables.dimensions import DimRegion

BATCH = 500_000
ORGANISATION = "nama"
OF_PERSONS, NOT_OF_PERSONS = ("nama", "suami_istri"), ("nama_bank",)
DIGITS = {NIK: NIK_DIGITS, KPJ: KPJ_DIGITS}


@dataclass
class Landed:
    """The people who are known, how many names cannot be looked for, and the files whose ids could not be read as declared."""

    people: People
    names_left_out: int = 0
    unread: list[str] = field(default_factory=list)


@dataclass
class _Gathered:
    numbers: dict[str, list[Numbers]] = field(default_factory=lambda: {NIK: [], KPJ: []})
    names: Names = field(default_factory=Names)
    texts: list[str] = field(default_factory=list)


def people_of(home: Home, settings: Settings, sample: int = 1) -> Landed:
    """Return the people of everything that landed, or about one of `sample`. Nothing of them is written anywhere.

    Names of organisations and regions, and words of the dictionary, are not looked for. Of a file that cannot be read as
    declared, numbers of 16 digits are.
    """
    gathered, unread = _Gathered(), list[str]()
    for delivery in {one.sha256: one for one in ledger.deliveries(home)}.values():
        table = extract_of(delivery.kind)
        try:
            _gather(home, delivery, table, settings, gathered, sample)
        except (Stop, Exception, pl.exceptions.PanicException):
            unread.append(delivery.sha256[:12])
            if _has_people(table):
                gathered.numbers[NIK].append(sampled(_any_numbers(home.landed(delivery.sha256)), sample))
    public = [dictionary.markdown(), *(row for row in _regions()), *gathered.texts]
    known = gathered.names
    for text in public:
        known = known.without(known.within(text))
    people = People(sampled(gathered.numbers[NIK], 1), sampled(gathered.numbers[KPJ], 1), known)
    return Landed(people, len(gathered.names) - len(known), unread)


def _gather(
    home: Home, delivery: Delivery, table: type[Extract], settings: Settings, gathered: _Gathered, sample: int
) -> None:
    dialect = settings.dialect_of(delivery.name)
    known = expected(table, dialect)
    with tempfile.TemporaryDirectory(dir=home.landing, prefix=".scratch-") as scratch:
        file = reading.opened(
            home.landed(delivery.sha256), dialect, Path(scratch), settings.limits.as_limits(),
            lambda headers: sum(plain(header) in known for header in headers),
        )  # fmt: skip
        meant = _columns(file.headers, table, dialect)
        if not meant:
            return
        for batch in file.frame.select(list(meant)).collect_batches(chunk_size=BATCH):
            for name, what in meant.items():
                _take(batch[name], what, gathered, sample)


def _take(cells: pl.Series, what: str, gathered: _Gathered, sample: int) -> None:
    if what in DIGITS:
        gathered.numbers[what].append(sampled([_numbers(cells, DIGITS[what])], sample))
    elif what == NAME:
        gathered.names = gathered.names.joined(names_of([cells]).sampled(sample))
    else:
        gathered.texts.append("\n".join(cells.drop_nulls().unique()))


def _columns(headers: tuple[str, ...], table: type[Extract], dialect: Dialect) -> Mapping[str, str]:
    """Return what the columns of a file hold that are needed here, by their names in its frame."""
    found = places(headers, table, dialect)
    meant = {
        f"c{found[name]}": KPJ if column.pseudonym == "KPJ" else NIK
        for name, column in table.arriving().items()
        if column.pseudonym and name in found
    }
    if ORGANISATION in found:
        return {**meant, f"c{found[ORGANISATION]}": ORGANISATION}
    named = {f"c{place}": NAME for place, header in enumerate(headers, 1) if _is_name(plain(header), table)}
    return {**meant, **named} if meant else {}


def _numbers(cells: pl.Series, digits: int) -> Numbers:
    plain_cells = cells.drop_nulls().str.normalize("NFKC").str.replace(r"\.0+$", "").str.replace_all(r"\D", "")
    return (
        plain_cells.filter(plain_cells.str.len_bytes() == digits).cast(pl.UInt64, strict=False).drop_nulls().to_numpy()
    )


def _any_numbers(path: Path) -> Iterator[Numbers]:
    with path.open("rb") as source:
        for held in raw(source):
            yield np.array(written(held.piece.data).niks, np.uint64)


def _has_people(table: type[Table]) -> bool:
    return any(column.pseudonym for column in table.columns.values())


def _regions() -> Iterator[str]:
    from warehouse.seeds import seed_rows

    yield "\n".join(chain.from_iterable((row["name"], row["kind"]) for row in seed_rows(DimRegion.seed)))


def _is_name(header: str, table: type[Extract]) -> bool:
    return header in table.dropped and header not in NOT_OF_PERSONS and header.startswith(OF_PERSONS)
