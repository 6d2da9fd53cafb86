"""The diagrams: up to date, true to the declarations and to the code, and legible."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.diagrams import write_diagrams
from tests.endtoend import ROOT
from tests.lineage_by_source import contracted, database, read
from warehouse import ddl
from warehouse.drawing.layered import place
from warehouse.drawing.svg import KINDS, LARGE, NORMAL, SMALL, width_of
from warehouse.schema import Extract, Fact, Table, tables_of

SVG = "{http://www.w3.org/2000/svg}"
DIAGRAMS = ("entities.svg", "lineage.svg")
SIZES = {"title": LARGE, "note": SMALL}
Box = tuple[float, float, float, float]


def drawn(name: str) -> ElementTree.Element:
    return ElementTree.fromstring((ROOT / "docs" / name).read_text(encoding="utf-8"))


def boxes(svg: ElementTree.Element) -> list[Box]:
    found = [one for one in svg.iter(f"{SVG}rect") if one.get("class") in KINDS]
    corners = [[float(one.get(side, "nan")) for side in ("x", "y", "width", "height")] for one in found]
    return [(x, y, x + width, y + height) for x, y, width, height in corners]


def texts(svg: ElementTree.Element) -> list[tuple[str, Box]]:
    found = []
    for one in svg.iter(f"{SVG}text"):
        x, y, text = float(one.get("x", "nan")), float(one.get("y", "nan")), one.text or ""
        size = SIZES.get(one.get("class", ""), NORMAL)
        found.append((text, (x, y - size * 0.8, x + width_of(text, size), y + size * 0.2)))
    return found


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def told(name: str, shape: str) -> set[str]:
    titles = (one.find(f"{SVG}title") for one in drawn(name).iter(f"{SVG}{shape}"))
    return {title.text or "" for title in titles if title is not None}


def arrows() -> set[tuple[str, str]]:
    pairs = (text.split(" → ") for text in told("lineage.svg", "path"))
    return {(source, target) for source, target in pairs}


def test_the_committed_diagrams_are_those_of_the_declarations(tmp_path: Path) -> None:
    for file in write_diagrams(tmp_path):
        assert file.read_text(encoding="utf-8") == (ROOT / "docs" / file.name).read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize("name", DIAGRAMS)
def test_no_box_or_text_lies_on_another_and_every_text_in_a_box_stays_in_it(name: str) -> None:
    svg = drawn(name)
    written = texts(svg)
    assert [pair for pair in combinations(boxes(svg), 2) if overlap(*pair)] == []
    assert [(one[0], other[0]) for one, other in combinations(written, 2) if overlap(one[1], other[1])] == []
    touching = [(text, spot, box) for text, spot in written for box in boxes(svg) if overlap(spot, box)]
    assert [text for text, spot, box in touching if spot[0] < box[0] or spot[2] > box[2] or spot[3] > box[3]] == []


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_told_to_those_who_cannot_see_it_and_fetches_and_runs_nothing(name: str) -> None:
    svg = drawn(name)
    assert svg.findtext(f"{SVG}title")
    assert svg.findtext(f"{SVG}desc")
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert [word for word in ("<script", "href", "@import", "url(http", "onload") if word in text] == []


def test_the_entities_are_all_tables_of_mart_and_no_table_that_is_not_declared() -> None:
    written = {text for text, _ in texts(drawn("entities.svg"))}
    assert {table.qualified() for table in tables_of("mart")} <= {*written, *(f"mart.{text}" for text in written)}
    named = {text for text in written if text.startswith(("mart.", "core."))}
    assert named <= set(Table.registry)


def test_every_join_of_the_entities_has_the_same_name_and_type_on_both_sides_and_none_is_left_out() -> None:
    keys = {table.qualified(): table.key()[0] for table in tables_of("mart") if len(table.key()) == 1}
    rows = database().execute(
        "SELECT a.schema_name || '.' || a.table_name || '.' || a.column_name, b.schema_name || '.' || b.table_name, b.column_name"
        " FROM duckdb_columns() a JOIN duckdb_columns() b USING (column_name, data_type)"
        " WHERE a.schema_name IN ('mart', 'core') AND b.table_name LIKE 'dim_%' AND a.table_oid <> b.table_oid"
        " AND a.table_oid IN (SELECT table_oid FROM duckdb_tables())"
    )
    expected = {f"{left} = {table}.{key}" for left, table, key in rows.fetchall() if keys.get(table) == key}
    assert told("entities.svg", "circle") == expected
    assert len(expected) > 40


def test_every_arrow_of_the_lineage_is_true_and_none_is_left_out() -> None:
    raw, references = read()
    names = {name for pair in arrows() for name in pair}
    assert arrows() == contracted(raw, references, names)


def test_the_lineage_shows_every_delivery_fact_and_view_and_nothing_that_is_not_declared() -> None:
    raw, _ = read()
    shown = {name for pair in arrows() for name in pair}
    kinds = {table.kind for table in tables_of("lake") if issubclass(table, Extract)}
    assert shown <= {*raw, *kinds}
    assert kinds <= shown
    assert {table.qualified() for table in tables_of("mart") if issubclass(table, Fact)} <= shown
    written = " ".join(text for text, _ in texts(drawn("lineage.svg")))
    views = {name.removeprefix("mart.") for name in ddl.view_comments() if not name.endswith(("_history", "_as_of"))}
    assert [name for name in views if name not in written] == []


def test_boxes_of_a_column_keep_apart_and_few_arrows_cross() -> None:
    columns = {"a": 0, "b": 0, "c": 0, "x": 1, "y": 1, "z": 1, "end": 2}
    given = [("a", "z"), ("b", "y"), ("c", "x"), ("a", "end")]
    placed = place(columns, given, lambda _: 20, 10)
    for column in (0, 1):
        middles = sorted(placed.middle[name] for name, rank in placed.column.items() if rank == column)
        assert min(after - before for before, after in pairwise(middles)) >= 30 - 1e-6
    order = [sorted("abc", key=placed.middle.__getitem__), sorted("xyz", key=placed.middle.__getitem__)]
    assert [dict(given[:3])[name] for name in order[0]] == order[1]


def test_an_arrow_that_points_back_is_refused() -> None:
    with pytest.raises(ValueError, match="does not point to a later column"):
        place({"a": 0, "b": 1}, [("b", "a")], lambda _: 20, 10)
