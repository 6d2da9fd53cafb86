"""What is fed with bad input: readers, parsers, settings, regions and the command line, each with good input and with strategies."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from flows.gating import extract_of
from flows.regions import region_named
from tests.fuzz import commanding, declaring, drawing, loading, parts, pieces, taking
from tests.malformed.parquets import _good as parquet
from tests.malformed.texts import GOOD
from tests.workbooks import Rows, ods, xls, xlsx, zipped
from warehouse.tables.indicator import Indicator
from warehouse.tables.minimum_wage import MinimumWage

SHEET: Rows = [
    ["kode_kab", "tahun", "upah_minimum", "dasar"],
    ["15.03", "2025", 3_000_000, "SK"],
    ["15.04", "2025", 3_100_000, "SK"],
]
GRID = b'Tingkat Partisipasi Angkatan Kerja (persen),,\nKabupaten/Kota,2023,2024\nSarolangun,61.2,"62,5"\nKota Jambi,-,63.1\n'
TEXTS = (
    b"2025-03-16", b"16/03/2025", b"202503", b"Maret 2025", b"3.200.000", b"16,800.00", b"Rp 16.800,00", b"1.5E+15", b"15.03", b"Sarolangun",
    b"Kab. Jambi", b"JKK,JKM", b"1503011203850001", b"26133000010", b"Y", b"L", b"96,2 %",
)  # fmt: skip
REGIONS = (b"15.03", b"Kota Jambi", b"Provinsi Jambi", b"kab sarolangun")
KINDS = ("kepesertaan", "umk", "iuran", "badan_usaha", "target", "klaim", "tk_baru")


class Target(NamedTuple):
    """A name, good input, and what takes bad input in; it raises nothing but what is foreseen.

    `drawn` is a strategy of its own, beside what the seeded hand makes of good input; `examples` is how many a round tries.
    """

    name: str
    good: Sequence[bytes]
    take: Callable[[bytes], None]
    drawn: st.SearchStrategy[bytes] | None = None
    examples: int = 100

    def strategy(self) -> st.SearchStrategy[bytes]:
        """Return what bad input for it is drawn from."""
        mutated = [drawing.mutations(self.good)] if self.good else []
        return st.one_of(*([self.drawn, self.drawn] if self.drawn is not None else []), *mutated)


def targets(home: Path) -> list[Target]:
    """Return every target; the command line asks `home`."""
    return [*_files(), *_texts(), *_own(home)]


def _files() -> Iterator[Target]:
    """Yield the readers of files."""
    columns = {kind: list(extract_of(kind).arriving()) for kind in KINDS}
    semicolons, wide = GOOD.replace(b",", b";"), GOOD.decode().encode("utf-16")
    recipes, books = drawing.recipes(columns), drawing.books(columns)
    packed = [gzip.compress(GOOD, mtime=0), zipped({"umk.csv": GOOD})]
    workbooks = [xlsx(SHEET), xls(SHEET), ods(SHEET)]
    umk = taking.reading(MinimumWage)
    yield Target("text", [GOOD, semicolons, wide], umk, parts.texts(GOOD), 80)
    yield Target("grid", [GRID, GRID.replace(b",", b";")], taking.reading(Indicator), parts.grids(GRID), 60)
    yield Target("packed", packed, umk, None, 40)
    yield Target("workbook", workbooks, umk, parts.zips(workbooks[0], workbooks[2]), 60)
    yield Target("parquet", [parquet()], umk, parts.parquets(), 60)
    yield Target("recipe", (), taking.recipe_of_text, recipes, 120)
    yield Target("book", (), taking.recipe_of_book, books, 60)


def _texts() -> Iterator[Target]:
    """Yield the parsers of texts."""
    joined = st.lists(drawing.cells, min_size=1, max_size=8).map(
        lambda found: "\0".join(found).encode("utf-8", "replace")
    )
    yield Target("values", TEXTS, taking.values, joined, 60)
    yield Target("settings", declaring.GOOD, declaring.take, declaring.drawn(), 120)
    yield Target("control", pieces.CONTROLS, pieces.control, drawing.controls(), 100)
    yield Target(
        "region",
        REGIONS,
        taking.foreseen(region_named),
        drawing.cells.map(lambda cell: cell.encode("utf-8", "replace")),
        60,
    )
    yield Target("index", pieces.INDICES, pieces.index, pieces.indices(), 100)
    yield Target("checksum", pieces.CHECKSUMS, pieces.checksum, None, 60)
    yield Target("journal", pieces.JOURNALS, pieces.journal, None, 60)
    yield Target("proof", [GOOD, GOOD.replace(b",", b";")], pieces.proof, parts.texts(GOOD), 120)
    yield Target("sheet", pieces.SHEETS, pieces.sheet, None, 60)


def _own(home: Path) -> Iterator[Target]:
    """Yield the command line and whole loads."""
    yield Target("command", commanding.GOOD, commanding.taking(home), commanding.drawn(), 60)
    yield Target("load", (), loading.take, loading.drawn(), 3)
