"""The entity diagram: facts left and right, dimensions above, and a rail per dimension between them with a dot per join."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse import ddl
from warehouse.drawing.svg import SMALL, Drawing, width_of
from warehouse.joins import dimensions, held, joins
from warehouse.schema import Column, Table, tables_of

TITLE = "Tables of the warehouse and how they join"
KINDS = {"fact": "fact", "dim": "dimension"}
LEGEND = "bold: key · dot: join on a column of the same name · blue: fact, green: dimension, red: core, internal, grey: about the schema itself"
DESCRIPTION = (
    "Each table of schema mart with its key in bold, and the tables of schema core that join a dimension. From a column"
    " that joins a dimension a line runs to the dimension's rail and ends in a dot; lines that cross without a dot do not meet."
)
WIDE, STRIP, MARGIN, DIMENSION_GAP, TOP = 350.0, 400.0, 24.0, 10.0, 74.0
ROW, HEAD, PAD, GAP = 18.0, 28.0, 8.0, 18.0
"""Height of a row, of a heading, of the room below it and between tables; all but a row add up to whole rows: rows of one
side stand in one raster, those of the other half a row lower, so that lines from both sides never lie on each other."""


def drawn() -> list[type[Table]]:
    """Return the tables of the diagram: all of mart, and of core those that join a dimension."""
    joining = {join.table for join in joins()}
    return [*tables_of("mart"), *(table for table in tables_of("core") if table in joining)]


def entities() -> str:
    """Return the entity diagram as SVG."""
    drawing = Drawing(TITLE, DESCRIPTION)
    drawing.text(MARGIN, 34, TITLE, "title")
    drawing.text(MARGIN, 54, LEGEND, "note")
    across = dimensions()
    others = [table for table in drawn() if table not in across]
    rails, below = _dimensions(drawing, across)
    left, right = _halves(others)
    sides = ((MARGIN, left, True), (MARGIN + WIDE + STRIP, right, False))
    ends: dict[type[Table], float] = {}
    for x, tables, is_left in sides:
        y = below if is_left else below + ROW / 2
        for table in tables:
            y = _table(drawing, table, x, y, is_left, rails, ends) + GAP
    for dimension, (x, top) in rails.items():
        drawing.line([(x, top), (x, ends[dimension])])
    return drawing.svg()


def _rows(table: type[Table]) -> list[Column]:
    """Return the columns that are shown: those of the key and those that join a dimension."""
    joining = {name for dimension in dimensions() for name in held(table, dimension)}
    return [column for name, column in table.columns.items() if column.key or name in joining]


def _height(table: type[Table]) -> float:
    return HEAD + ROW * (len(_rows(table)) + 1) + PAD


def _halves(tables: Sequence[type[Table]]) -> tuple[list[type[Table]], list[type[Table]]]:
    """Return the tables for the left and the right, in order, each next one where there is more room."""
    sides: tuple[list[type[Table]], list[type[Table]]] = ([], [])
    filled = [0.0, 0.0]
    for table in tables:
        side = 0 if filled[0] <= filled[1] else 1
        sides[side].append(table)
        filled[side] += _height(table) + GAP
    return sides


def _dimensions(
    drawing: Drawing, tables: Sequence[type[Table]]
) -> tuple[dict[type[Table], tuple[float, float]], float]:
    """Draw the dimensions side by side; return the place and the top of their rails, and where there is room again."""
    width = (2 * WIDE + STRIP - DIMENSION_GAP * (len(tables) - 1)) / len(tables)
    bottom, middle = TOP + HEAD + 2 * ROW + PAD, (len(tables) - 1) / 2
    rails = {}
    for place, table in enumerate(tables):
        x = MARGIN + place * (width + DIMENSION_GAP)
        column = table.columns[table.key()[0]]
        drawing.box(x, TOP, width, HEAD + 2 * ROW + PAD, "dimension")
        drawing.text(x + PAD, TOP + 18, table.name, "head")
        drawing.text(x + PAD, TOP + HEAD + 13, column.name, "key")
        drawing.text(x + PAD, TOP + HEAD + ROW + 13, f"{ddl.SQL_TYPES[column.dtype]}, {_others(table, 1)}", "note")
        # The nearer to the middle, the higher the line turns: so no line crosses another on the way to its rail.
        turn = bottom + 12 + 9 * abs(place - middle)
        rail = MARGIN + WIDE + STRIP * (place + 1) / (len(tables) + 1)
        drawing.line([(x + width / 2, bottom), (x + width / 2, turn), (rail, turn)])
        rails[table] = (rail, turn)
    return rails, bottom + 12 + 9 * middle + 26


def _table(
    drawing: Drawing,
    table: type[Table],
    x: float,
    y: float,
    is_left: bool,
    rails: dict[type[Table], tuple[float, float]],
    ends: dict[type[Table], float],
) -> float:
    """Draw a table and its joins, note how far the rails reach, and return where it ends."""
    rows, height = _rows(table), _height(table)
    drawing.box(
        x, y, WIDE, height, "core" if table.layer == "core" else KINDS.get(table.name.partition("_")[0], "step")
    )
    drawing.text(x + PAD, y + 18, table.qualified(), "head")
    for place, column in enumerate(rows):
        base = y + HEAD + ROW * place + 13
        drawing.text(x + PAD, base, column.name, "key" if column.key else "name")
        told = ddl.SQL_TYPES[column.dtype]
        drawing.text(x + WIDE - PAD - width_of(told, SMALL), base, told, "note")
        for dimension in [one for one in rails if column.name in held(table, one)]:
            rail = rails[dimension][0]
            drawing.line([(x + WIDE if is_left else x, base - 4), (rail, base - 4)])
            drawing.dot(rail, base - 4, f"{table.qualified()}.{column.name} = {dimension.qualified()}.{column.name}")
            ends[dimension] = max(ends.get(dimension, 0), base - 4)
    drawing.text(x + PAD, y + HEAD + ROW * len(rows) + 13, _others(table, len(rows)), "note")
    return y + height


def _others(table: type[Table], shown: int) -> str:
    return f"+ {len(ddl.columns_of(table)) - shown or 'no'} more"
