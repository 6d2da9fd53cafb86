"""The scanner that the privacy tests rely on finds what was planted, in every container, and nothing else."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.scanner import Words

NIK, NAME = "1503014502900017", "ZULAIKHAWATI"


def as_duckdb(path: Path) -> None:
    """Write a DuckDB file with the words in a table that is no main table."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA ops")
        connection.execute(f"CREATE TABLE ops.note AS SELECT {NIK}::DOUBLE AS amount, '{NAME.lower()}' AS note")


def as_sqlite(path: Path) -> None:
    """Write an SQLite file with one word as a number and one in a blob."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE note (amount INTEGER, note BLOB)")
        connection.execute("INSERT INTO note VALUES (?, ?)", (int(NIK), NAME.encode()))


def as_zip(path: Path) -> None:
    """Write a zip file that holds a compressed JSON file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("note.json", json.dumps({NIK: [NAME]}) * 50)


CONTAINERS: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text(f"a {NIK} b {NAME}"),
    "text with separators": lambda path: path.write_text("15.03.01.450290-0017 z u l a i k h a w a t i"),
    "wide digits and letters": lambda path: path.write_text("１５０３０１４５０２９００017 ＺＵＬＡＩＫＨＡＷＡＴＩ"),
    "scientific": lambda path: path.write_text("1.503014502900017e15 Zulaikhawati"),
    "escaped JSON": lambda path: path.write_text('{"a": "\\u0031503014502900017", "b": "\\u005aulaikhawati"}'),
    "HTML entities": lambda path: path.write_text("<p>&#49;503014502900017</p><p>ZULAIKH&#65;WATI</p>"),
    "gzip": lambda path: path.write_bytes(gzip.compress(f"{NIK}.0;{NAME}".encode() * 100)),
    "zip": as_zip,
    "parquet texts": lambda path: pl.DataFrame({"a": [f"x{NIK}"], "b": [NAME]}).write_parquet(path),
    "parquet numbers": lambda path: pl.DataFrame({"a": [float(NIK)], "b": [NAME.encode()]}).write_parquet(path),
    "parquet lists": lambda path: pl.DataFrame({"a": [[{"b": int(NIK), "c": NAME}]]}).write_parquet(path),
    "duckdb": as_duckdb,
    "sqlite": as_sqlite,
    "packed integers": lambda path: path.write_bytes(
        b"\0" * 9 + int(NIK).to_bytes(8, "little") + NAME.encode("utf-16-le")
    ),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_up_what_was_planted(container: str, tmp_path: Path) -> None:
    CONTAINERS[container](tmp_path / "file")
    assert Words([NIK, NAME]).in_folder(tmp_path) == {"file": {NIK, NAME}}
    assert Words(["1503014502900018", "ZULAIKHAWATU"]).in_folder(tmp_path) == {}


def test_names_of_files_are_searched_and_named_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a").write_text(NIK)
    (tmp_path / f"{NAME}.csv").touch()
    assert Words([NIK, NAME]).in_folder(tmp_path, without=["landing"]) == {f"{NAME}.csv": {NAME}}
