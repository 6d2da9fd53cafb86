"""What becomes of a case: read right, refused by name, or one of the two things that must not be."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from tests.corpora.cases import ARRIVING, Case, mapped
from tests.corpora.splitting import Records
from warehouse.errors import Stop
from warehouse.reading import scan
from warehouse.rules import RAW
from warehouse.tables.membership import Membership

RIGHT, WRONG, RAISED = "right", "WRONG", "RAISED"


def outcome(case: Case) -> str:
    """Return right, the rule of the error, WRONG, or RAISED with what came up instead of a named error."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "landed"
        path.write_bytes(case.content)
        try:
            frame = scan(path, Membership, mapped(case.headers), Path(scratch)).frame.collect(engine="streaming")
        except Stop as stop:
            return stop.rule
        except (Exception, pl.exceptions.PanicException) as broken:
            return f"{RAISED} {type(broken).__name__}"
    return RIGHT if case.wanted is not None and _told(frame, case.headers) == _wanted(case.wanted) else WRONG


def _told(frame: pl.DataFrame, headers: list[str]) -> Records:
    """Return the rows; one of nothing but blanks is left out, for the rules of the gate reject it by name."""
    columns = [f"{RAW}{name}" for name in ARRIVING if f"{RAW}{name}" in frame.columns]
    arrived = columns[: len(dict.fromkeys(headers))]
    kept = frame.filter(~pl.all_horizontal(pl.col(arrived).is_null())) if arrived else frame
    return [[cell or "" for cell in row] for row in kept.select(columns).rows()]


def _wanted(records: Records) -> Records:
    distinct = len(dict.fromkeys(header.strip() for header in records[0]))
    kept = min(distinct, len(ARRIVING))
    rest = ["x"] * (len(ARRIVING) - kept)
    found = [[cell.strip() for cell in record[:kept]] for record in records[1:]]
    return [cells + rest for cells in found if any(cells)]
