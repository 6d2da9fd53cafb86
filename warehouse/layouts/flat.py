"""Tables with one row per region and year, as open-data portals publish them: the measure has any name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from warehouse.errors import Stop
from warehouse.layouts.figures import CURES, MISSING, TEXTS, TWICE, Figures
from warehouse.layouts.grid import Row, is_figure
from warehouse.layouts.headers import plain
from warehouse.layouts.labels import PATH, measured, shown, slug, unit_of
from warehouse.layouts.layout import Layout
from warehouse.layouts.periods import period_of, pure_period

PERIODS = ("tahun", "periode", "year", "tahun_data")
UNITS = ("satuan", "unit")
REGENCIES = (
    "nama_kabupaten_kota", "kabupaten_kota", "nama_kabupaten", "nama_kab_kota", "kab_kota", "kabupaten",
    "kode_kabupaten_kota", "kode_kab_kota", "kode_kabupaten",
)  # fmt: skip
PROVINCES = ("nama_provinsi", "provinsi", "kode_provinsi")
SMALLER = ("nama_kecamatan", "kecamatan", "kode_kecamatan", "nama_desa", "nama_kelurahan", "nama_desa_kelurahan")
IGNORED = (
    "id",
    "no",
    "nomor",
    "uid",
    "bps_kode_kabupaten_kota",
    "bps_nama_kabupaten_kota",
    "kemendagri_kode_kabupaten_kota",
)
SOURCES = ("sumber", "source")


class Head(NamedTuple):
    """The header of a flat table: its place among the rows and its names, folded and as written."""

    place: int
    names: tuple[str, ...]
    written: tuple[str, ...]


def head_of(rows: Sequence[Row]) -> Head | None:
    """Return the header of a table with a column of years and one of regions, or None when no row is one."""
    for place, row in enumerate(rows):
        folded = tuple(plain(cell) for cell in row.cells)
        if set(folded) & set(PERIODS) and set(folded) & {*REGENCIES, *PROVINCES}:
            return Head(place, folded, row.cells)
    return None


def unfold(
    rows: Sequence[Row], head: Head, layout: Layout, constants: Mapping[str, str], is_missing: Callable[[str], bool]
) -> Figures:
    """Return every figure of a flat table. A column of words beside the measure, such as jenis_kelamin, is part of its name.

    Raises Stop when the rows are kecamatan, or when no column holds figures.
    """
    if set(head.names) & set(SMALLER):
        en, id = "the rows are kecamatan or villages", "baris tabel adalah kecamatan atau desa"
        raise Stop("rows_are_districts", en, id, "send the table of kabupaten and kota: smaller regions are not kept")
    body = [row for row in rows[head.place + 1 :] if sum(map(bool, row.cells)) > 2]
    known = {*PERIODS, *UNITS, *REGENCIES, *PROVINCES, *IGNORED, *SOURCES, "nama_kolom", ""}
    free = [place for place, name in enumerate(head.names) if name not in known]
    measures = [place for place in free if _all_figures([row.cells[place] for row in body], is_missing)]
    words = [place for place in free if place not in measures and any(row.cells[place] for row in body)]
    if not measures:
        en, id = "no column holds figures", "tidak ada kolom yang berisi angka"
        raise Stop("no_measure", en, id, "the table needs a column of numbers beside region and year")
    _refuse_twins(head, measures)
    figures = Figures()
    for row in body:
        for place in measures:
            if is_missing(row.cells[place]):
                figures.left_out[MISSING] += 1
            elif row.cells[place]:
                figures.add(row, place, **_figure(row, place, words, head, layout, constants))
    if missing := figures.left_out[MISSING]:
        figures.notes.append(f"{missing} sel tanpa angka dilewati / cells marked as missing left out")
    return figures


def _figure(
    row: Row, place: int, words: Sequence[int], head: Head, layout: Layout, constants: Mapping[str, str]
) -> dict[str, str]:
    written = head.written[place]
    _, [header] = period_of([written.replace("_", " ")])
    path = [said for part in (header, *(row.cells[word] for word in words)) if (said := measured(part))]
    indicator = slug(path)
    period = _cell(row, head, PERIODS)
    period = pure_period(period) or period or constants.get("periode", "")
    if layout.month and len(period) == 4:
        period = f"{period}-{layout.month}"
    return {
        "kode": _region(row, head), "periode": period,
        "indikator": layout.indicators.get(indicator, indicator), "nilai": row.cells[place],
        "judul": PATH.join([written, *(row.cells[word] for word in words if row.cells[word])]),
        "satuan": _cell(row, head, UNITS) or unit_of([written]), "sumber": _cell(row, head, SOURCES),
    }  # fmt: skip


def _region(row: Row, head: Head) -> str:
    if regency := _cell(row, head, REGENCIES):
        return regency
    province = _cell(row, head, PROVINCES)
    bare = province.lower().removeprefix("provinsi").strip()
    return f"Provinsi {bare}" if bare and not bare[0].isdigit() else province


def _cell(row: Row, head: Head, names: Sequence[str]) -> str:
    return next(
        (
            row.cells[head.names.index(name)]
            for name in names
            if name in head.names and row.cells[head.names.index(name)]
        ),
        "",
    )


def _all_figures(cells: Sequence[str], is_missing: Callable[[str], bool]) -> bool:
    filled = [cell for cell in cells if cell]
    return any(map(is_figure, filled)) and all(is_figure(cell) or is_missing(cell) for cell in filled)


def _refuse_twins(head: Head, measures: Sequence[int]) -> None:
    names = [head.names[place] for place in measures]
    if twins := sorted({shown(name) for name in names if names.count(name) > 1}):
        en, id = TEXTS[TWICE]
        raise Stop(TWICE, f"{en}: {', '.join(twins)}", f"{id}: {', '.join(twins)}", CURES[TWICE])
