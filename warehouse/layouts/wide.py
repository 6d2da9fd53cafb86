"""Tables of regions down and years or measures across: every figure a row, every doubtful column named and left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from warehouse.errors import Stop
from warehouse.layouts import names
from warehouse.layouts.figures import CURES, MISSING, TEXTS, TWICE, UNDATED, UNNAMED, Figures, letter
from warehouse.layouts.grid import Row, Sheet, is_figure, parts_of
from warehouse.layouts.labels import PATH, measured, shown, slug, tidy, title_of, unit_of
from warehouse.layouts.layout import Layout
from warehouse.layouts.periods import period_of, periods_in

NOT_FIGURES = (
    "no", "nomor", "kode", "kode wilayah", "kode bps", "kode kemendagri", "keterangan", "ket", "latitude", "longitude",
)  # fmt: skip
MOST_NAMED = 5
NATION = "indonesia"


@dataclass(frozen=True)
class Measure:
    """One column of figures: its place, what it measures, for which period, under which header."""

    place: int
    indicator: str
    period: str
    label: str
    unit: str

    @property
    def letter(self) -> str:
        """Return the letter by which a spreadsheet names the column."""
        return letter(self.place)


def unfold(
    rows: Sequence[Row], layout: Layout, constants: Mapping[str, str], is_missing: Callable[[str], bool], *, bare: bool
) -> Figures:
    """Return every figure of a sheet with its region, period and name.

    A column is left out, named in the notes and counted, when another column claims the same figure, or when its
    period or name cannot be told. With `bare` a name without kabupaten or kota is a kabupaten; otherwise only where
    the sheet also has the kota of that name. Raises Stop when no column is left.
    """
    sheet = parts_of(rows, is_missing)
    measures, figures = list(_measures(sheet, layout, constants)), Figures()
    doubtful = _doubtful(measures)
    kept = [one for one in measures if one.place not in doubtful]
    _refuse(sheet, measures, doubtful, figures)
    for row, region in zip(sheet.body, _regions(sheet, bare=bare), strict=True):
        for one in kept:
            text = row.cells[one.place]
            if is_missing(text):
                figures.left_out[MISSING] += 1
            elif text:
                figures.add(
                    row, one.place, kode=region, periode=one.period, indikator=one.indicator, nilai=text,
                    judul=one.label, satuan=one.unit, sumber=sheet.publisher,
                )  # fmt: skip
    figures.notes += list(_said(sheet, figures))
    return figures


def _refuse(sheet: Sheet, measures: Sequence[Measure], doubtful: Mapping[int, str], figures: Figures) -> None:
    """Name and count the doubtful columns. Raises Stop when there are no others."""
    if len(doubtful) == len(measures):
        rule = next(iter(doubtful.values()), UNNAMED)
        en, id = TEXTS[rule]
        told = f": {_told(measures)}" if measures else ""
        raise Stop(rule, f"{en}{told}", f"{id}{told}", CURES[rule])
    for rule, (en, id) in TEXTS.items():
        if columns := [one for one in measures if doubtful.get(one.place) == rule]:
            cells = sum(is_figure(row.cells[one.place]) for row in sheet.body for one in columns)
            figures.left_out[rule] += cells
            figures.notes.append(f"{rule}: {id} / {en}: {_told(columns)} — {CURES[rule]}")


def _measures(sheet: Sheet, layout: Layout, constants: Mapping[str, str]) -> Iterator[Measure]:
    headers = _filled([row.cells for row in sheet.header], sheet.region)
    title, year = title_of(sheet.titles), _period_of_title(" ".join(sheet.titles)) or constants.get("periode", "")
    for place in range(sheet.region + 1, max(len(row.cells) for row in sheet.body)):
        parts = [tidy(head) for head, _ in groupby(row[place] for row in headers if row[place])]
        has_figures = any(is_figure(row.cells[place]) for row in sheet.body)
        if not has_figures or (parts and parts[-1].lower() in NOT_FIGURES) or layout.columns.get(letter(place)) == "":
            continue
        period, rest = period_of(parts)
        period = period or year
        path = [said for part in rest if (said := measured(part))]
        indicator = slug(list(filter(None, [constants.get("indikator", "").replace("_", " ") or title, *path])))
        yield Measure(
            place,
            layout.columns.get(letter(place), layout.indicators.get(indicator, indicator)),
            f"{period}-{layout.month}" if layout.month and len(period) == 4 else period,
            PATH.join(dict.fromkeys(filter(None, [title, *path]))) or PATH.join(parts),
            unit_of(parts) or unit_of(sheet.titles),
        )


def _filled(header: Sequence[Sequence[str]], region: int) -> list[list[str]]:
    """Return the header with cells that stretch over several columns written into each of them."""
    filled: list[list[str]] = []
    for depth, cells in enumerate(header):
        row = list(cells)
        if depth < len(header) - 1:
            for place in range(region + 2, len(row)):
                same_block = all(above[place] == above[place - 1] for above in filled)
                row[place] = row[place] or (row[place - 1] if same_block else "")
        filled.append(row)
    return filled


def _period_of_title(title: str) -> str:
    found = periods_in(title)
    return found[0] if len(found) == 1 else ""


def _doubtful(found: Sequence[Measure]) -> dict[int, str]:
    claims: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for one in found:
        claims[one.indicator, one.period].append(one)
    rules: dict[int, str] = {}
    for (indicator, period), claimants in claims.items():
        rule = UNNAMED if not indicator else UNDATED if not period else TWICE if len(claimants) > 1 else ""
        rules |= {one.place: rule for one in claimants if rule}
    return rules


def _told(columns: Sequence[Measure]) -> str:
    """Return columns by their letters, with what stands above them; without a year that may be a row of data."""
    by_figure: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for one in columns:
        by_figure[shown(one.label) if one.period else "", one.period].append(one)
    told = [
        ", ".join(one.letter for one in same) + (f" ({label}, {period})" if period else "")
        for (label, period), same in by_figure.items()
    ]
    more = f"; + {len(told) - MOST_NAMED}" if len(told) > MOST_NAMED else ""
    return "kolom / columns " + "; ".join(told[:MOST_NAMED]) + more


def _regions(sheet: Sheet, *, bare: bool) -> list[str]:
    """Return the region of every row; a bare name is spelt out where the sheet leaves only one reading."""
    found = [names.cleaned(row.cells[sheet.region]) or row.cells[sheet.region] for row in sheet.body]
    shared = names.shared_names()
    cities = {names.letters(one) for one in found}
    regencies = [one for one in found if not names.is_province(one) and one.casefold() != NATION]
    prefixed = bool(regencies) and not any(map(names.is_bare, regencies))
    spelt: list[str] = []
    for one, section in zip(found, sheet.sections, strict=True):
        key = names.letters(one)
        if names.is_bare(one) and (meant := section and names.spelt_out(one, section)) and meant not in spelt:
            one = meant
        elif section and names.is_bare(one):
            one = names.spelt_out(one, "province") or one
        elif names.is_bare(one) and names.is_province(one) and (prefixed or sheet.of_provinces):
            one = f"Provinsi {one}"
        elif key in shared and (bare or f"kota{key}" in cities):
            one = shared[key]
        spelt.append(one)
    return spelt


def _said(sheet: Sheet, figures: Figures) -> Iterator[str]:
    if missing := figures.left_out[MISSING]:
        yield f"{missing} sel tanpa angka dilewati / cells marked as missing left out"
    if sheet.districts:
        yield f"{sheet.districts} baris kecamatan atau desa dilewati / rows of kecamatan or villages left out"
    if sheet.totals:
        yield f"{sheet.totals} baris jumlah tanpa nama wilayah dilewati / rows of totals without a region left out"
