"""A sheet as people fill it: where its title, its header, its regions, its figures and its notes are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.errors import Stop
from warehouse.layouts import names
from warehouse.layouts.labels import tidy
from warehouse.layouts.periods import pure_period

FIGURE = re.compile(r"-?(?:Rp\.?\s*)?\d[\d.,\s]*(?:[eE][+-]?\d+)?\s*%?\*?")
COLUMN_NUMBER = re.compile(r"\(\s*\d{1,2}\s*\)")
TOTAL = re.compile(r"^(?:jumlah|total|rata[- ]?rata|grand total|sub ?total)\b", re.IGNORECASE)
NOTE = re.compile(r"^(?:sumber|source|catatan|keterangan|note|ket\.|\*+|\d\))", re.IGNORECASE)
PUBLISHER = re.compile(r"^(?:sumber|source)\b[^:]*:\s*(?P<who>.+)$", re.IGNORECASE)
OF_REGIONS = re.compile(
    r"^(?:nama\s+)?(?:(?:kabupaten|kab\.?)(?:\s*(?:/|dan|atau|&|-)\s*(?:kota|kodya|municipality).*)?"
    r"|kota\s*/.*|wilayah\b.*|daerah\b.*|provinsi(?:\s*/.*)?|provinces?\b.*|regions?\b.*|regenc(?:y|ies)\b.*)$",
    re.IGNORECASE,
)
OF_PROVINCES = re.compile(r"^(?:nama\s+)?(?:provinsi|province)", re.IGNORECASE)
SECTION = re.compile(
    r"^(?P<kind>kabupaten|kota)(?:\s*/\s*(?:regenc(?:y|ies)|municipalit(?:y|ies)|cit(?:y|ies)|kotamadya|kodya))?\s*:?$",
    re.IGNORECASE,
)
OF_DISTRICTS = re.compile(r"\b(?:kecamatan|distrik|kelurahan|desa|district|village)\b", re.IGNORECASE)
LONGEST_HEADER = 60


class Row(NamedTuple):
    """One line of a sheet: its number and its cells, tidied, empty as ''."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The parts of a sheet: `region` is the place of the column of regions, `districts` and `totals` how many rows were left out.

    `sections` says for every row of the body under which heading, kabupaten or kota, it stands; empty without headings.
    """

    region: int
    of_provinces: bool
    titles: tuple[str, ...]
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    sections: tuple[str, ...]
    publisher: str
    districts: int
    totals: int


def parts_of(rows: Sequence[Row], is_missing: Callable[[str], bool]) -> Sheet:
    """Return the parts of a sheet of regions down and figures across.

    Raises Stop when no row names a region, or when the rows are kecamatan or villages.
    """
    region = _column_of_regions(rows)
    named = _named(region)
    valued = [place for place, row in enumerate(rows) if named(row) and _figures(row, region, is_missing)]
    if not valued:
        raise _no_regions()
    first = _first_of_body(rows, valued[0], region, is_missing)
    header, titles = _above(rows[:first], region)
    _refuse_districts(header, region)
    with_values = [row for row in rows[first:] if row.cells[region] and _figures(row, region, is_missing)]
    kept = [row for row in with_values if not (TOTAL.match(row.cells[region]) or names.is_district(row.cells[region]))]
    body = tuple(row for row in kept if not NOTE.match(row.cells[region]))
    districts = sum(names.is_district(row.cells[region]) for row in with_values)
    totals = sum(TOTAL.match(row.cells[region]) is not None for row in with_values)
    of_provinces = any(OF_PROVINCES.match(row.cells[region]) for row in header)
    sections = _sections(rows, body, region, is_missing)
    return Sheet(region, of_provinces, titles, header, body, sections, _publisher(rows), districts, totals)


def is_figure(text: str) -> bool:
    """Return whether a cell looks like a number, however it is written."""
    return FIGURE.fullmatch(text) is not None


def _column_of_regions(rows: Sequence[Row]) -> int:
    """Return the place of the column with the most different regencies, else regions, else codes; the first of equals."""
    width = max((len(row.cells) for row in rows), default=0)
    for told in (_names_a_regency, names.names_a_region, names.is_code):
        counts = [len({row.cells[place] for row in rows if told(row.cells[place])}) for place in range(width)]
        most = max(counts, default=0)
        if most:
            return counts.index(most)
    raise _no_regions()


def _names_a_regency(text: str) -> bool:
    return names.names_a_region(text) and not (names.is_bare(text) and names.is_province(text))


def _named(region: int) -> Callable[[Row], bool]:
    return lambda row: names.names_a_region(row.cells[region]) or names.is_code(row.cells[region])


def _figures(row: Row, region: int, is_missing: Callable[[str], bool]) -> bool:
    return any(is_figure(cell) or is_missing(cell) for cell in row.cells[region + 1 :] if cell)


def _sections(
    rows: Sequence[Row], body: Sequence[Row], region: int, is_missing: Callable[[str], bool]
) -> tuple[str, ...]:
    """Return the heading over every row of the body; only a heading of cities makes the rows above it kabupaten."""
    heads = {
        row.line: found["kind"].lower()
        for row in rows
        if (found := SECTION.match(row.cells[region])) and not _figures(row, region, is_missing)
    }
    if "kota" not in heads.values():
        return ("",) * len(body)
    return tuple(next((kind for line, kind in reversed(heads.items()) if line < row.line), "kabupaten") for row in body)


def _first_of_body(rows: Sequence[Row], known: int, region: int, is_missing: Callable[[str], bool]) -> int:
    """Return the first row of figures: rows above the first known region that have a name and only figures belong to it."""
    first = known
    while first and _only_figures(rows[first - 1], region, is_missing):
        first -= 1
    return first


def _only_figures(row: Row, region: int, is_missing: Callable[[str], bool]) -> bool:
    name, cells = row.cells[region], [cell for cell in row.cells[region + 1 :] if cell]
    if not any(sign.isalpha() for sign in name) or (OF_REGIONS.match(name) and not names.names_a_region(name)):
        return False
    figures = [cell for cell in cells if is_figure(cell) and not pure_period(cell)]
    return bool(figures) and all(is_figure(cell) or is_missing(cell) for cell in cells)


def _above(rows: Sequence[Row], region: int) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    filled = [row for row in rows if any(row.cells) and not _numbers_columns(row)]
    heads = [place for place, row in enumerate(filled) if _is_header_of_regions(row, region)]
    if heads:
        begins = heads[0]
        while begins and _is_above_columns(filled[begins - 1], region):
            begins -= 1
    else:
        begins = len(filled)
        while begins and _is_above_columns(filled[begins - 1], region):
            begins -= 1
    titles = tuple(" ".join(cell for cell in row.cells if cell) for row in filled[:begins])
    return tuple(filled[begins:]), titles


def _is_header_of_regions(row: Row, region: int) -> bool:
    name = row.cells[region]
    alone = sum(map(bool, row.cells)) == 1
    short = len(name) <= (LONGEST_HEADER // 2 if alone else LONGEST_HEADER)
    return bool(OF_REGIONS.match(name)) and short and not names.names_a_region(name)


def _is_above_columns(row: Row, region: int) -> bool:
    return sum(map(bool, row.cells[region + 1 :])) >= 2


def _numbers_columns(row: Row) -> bool:
    cells = [cell for cell in row.cells if cell]
    if all(COLUMN_NUMBER.fullmatch(cell) for cell in cells):
        return True
    return len(cells) > 2 and cells in ([str(n + 1) for n in range(len(cells))], [str(n) for n in range(len(cells))])


def _refuse_districts(header: Sequence[Row], region: int) -> None:
    if any(OF_DISTRICTS.search(row.cells[region]) for row in header):
        en, id = "the rows are kecamatan or villages", "baris tabel adalah kecamatan atau desa"
        raise Stop("rows_are_districts", en, id, "send the table of kabupaten and kota: smaller regions are not kept")


def _publisher(rows: Sequence[Row]) -> str:
    said = [found["who"] for row in rows for cell in row.cells if cell and (found := PUBLISHER.match(cell))]
    return tidy(said[0]) if said else ""


def _no_regions() -> Stop:
    en, id = "no row begins with the name or code of a region", "tidak ada baris yang diawali nama atau kode wilayah"
    return Stop("no_regions", en, id, "name the sheet (sheet = ...), or send the table of kabupaten and kota")
