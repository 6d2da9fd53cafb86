"""A small home in which the same people stand in four tables, and where its tokens are: for the tests of keys."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.extracts import Files, kpj, nik, rows, two_months
from tests.scanner import Words
from warehouse import lake
from warehouse.home import Home

REGISTERED = range(31, 34)


def people_in_four_tables() -> Files:
    """Return two months of extracts; persons 31 to 33 stand in memberships, registrations, contributions and claims."""
    files = two_months()
    files["tk_baru_15_202503.csv"] = [
        row | {"nik": nik(person)}
        for person in REGISTERED
        for row in rows("tk_baru", "| kode_kab |\n| 15.03 |", tgl_data="2025-03-31")
    ]
    files["iuran_15_202503.csv"] += [
        row | {"kpj": kpj(person, "BPU")}
        for person in REGISTERED
        for row in rows(
            "iuran", "| segmen | sumber_dana | npp |\n| BPU | SELF | - |", blth="2025-03", tgl_data="2025-03-31"
        )
    ]
    files["klaim_15_202503.csv"] = [
        row | {"kpj": kpj(person, "BPU"), "no_klaim": f"K/{person}"}
        for person in REGISTERED
        for row in rows("klaim", "| tgl_bayar |\n| 2025-03-10 |", tgl_data="2025-03-31", tgl_kejadian="2025-03-01")
    ]
    return files


def column(home: Path, kind: str, name: str) -> pl.Series:
    """Return a column of the accepted rows of a kind, in order of file and line."""
    paths = [path for path in lake.token_files(Home(home)) if path.parent.name == kind]
    return pl.concat([pl.read_parquet(path).sort("line_no") for path in paths])[name]


def tokens(home: Path) -> set[bytes]:
    """Return every token in the lake."""
    place = Home(home)
    files = [*lake.token_files(place), *lake.kept_files(place)]
    found = {
        one for path in files for name in lake.token_columns(path) for one in pl.read_parquet(path)[name].drop_nulls()
    }
    return found.union(*(_halved(pl.read_parquet(path)) for path in lake.kept_files(place, [lake.PRESENCE])))


def places_of(home: Path, wanted: set[bytes]) -> set[str]:
    """Return the files of a home that hold one of the tokens in a column, or some as bytes, in hexadecimal or base64."""
    some = sorted(wanted)[:: max(1, len(wanted) // 12)]
    found = set(Words(form for token in some for form in _forms(token)).in_folder(home))
    for path in (one for one in home.rglob("*") if one.is_file()):
        data = path.read_bytes()
        columns = pl.read_parquet(path) if path.suffix == ".parquet" else pl.DataFrame()
        held = {one for column in columns if column.dtype == pl.Binary for one in column.drop_nulls()} | _halved(
            columns
        )
        if held & wanted or any(token in data for token in some):
            found.add(str(path.relative_to(home)))
    return found


def _halved(rows: pl.DataFrame) -> set[bytes]:
    """Return the tokens that presence words hold as two integers."""
    if "person_high" not in rows.columns:
        return set()
    halves = rows.select("person_high", "person_low").iter_rows()
    return {high.to_bytes(8, "big") + low.to_bytes(8, "big") for high, low in halves}


def _forms(token: bytes) -> tuple[str, ...]:
    return token.hex(), base64.b64encode(token).decode().rstrip("=")


class Crash(SystemExit):
    """The end of a process, as far as one process can play it."""


@contextmanager
def crashing_at(number: int) -> Iterator[list[int]]:
    """Let the change of names in the file system that has this number not happen, nor any after it; yield the count."""
    counted = [0]
    patch = pytest.MonkeyPatch()
    for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "link"), (shutil, "rmtree")):
        patch.setattr(owner, name, _counted(getattr(owner, name), counted, number))
    try:
        yield counted
    finally:
        patch.undo()


def _counted(change: Callable[..., Any], counted: list[int], number: int) -> Callable[..., Any]:
    def counting(*given: Any, **named: Any) -> Any:
        counted[0] += 1
        if counted[0] >= number:
            raise Crash
        return change(*given, **named)

    return counting
