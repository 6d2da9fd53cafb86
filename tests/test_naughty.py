"""Texts that were made to break things, in fields, headers, file names and settings: they arrive as given and do nothing."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows import cli, settings
from flows.gating import extract_of, gazetteers
from flows.printing import as_table
from flows.report import markdown
from tests.fuzz.declaring import toml
from tests.naughty import (
    declared,
    file_names,
    free_columns,
    given,
    in_every_column,
    in_free_columns,
    is_whole,
    masked,
    settings_of_texts,
    some,
    strings,
    write,
)
from transforms.standardize import standardize
from warehouse import ledger
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.layouts.labels import tidy
from warehouse.layouts.tables import is_reshaped
from warehouse.reading import scan
from warehouse.rules import RAW
from warehouse.schema import Extract, Parse, Table
from warehouse.showing import in_markdown, printable
from warehouse.tables.indicator import Indicator

KINDS = sorted({one.kind for one in Table.registry.values() if issubclass(one, Extract) and one.kind != "answer"})
ROWS = {"kode_kab": "15.03", "tahun": "2025", "upah_minimum": "3", "dasar": "SK"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_kind_takes_every_text_as_it_was_given(tmp_path: Path, kind: str) -> None:
    table, rows = extract_of(kind), in_every_column(extract_of(kind))
    read = scan(write(tmp_path / "x.csv", list(rows[0]), rows), table, Dialect(), tmp_path)
    frame = read.frame.collect()
    for name in table.arriving():
        texts = [given(tidy(row[name]) if is_reshaped(table, Dialect()) else row[name]) for row in rows]
        assert frame[RAW + name].to_list() == texts, name
    assert standardize(frame.lazy(), table, Dialect(), gazetteers("kemendagri")).collect().height == len(rows)


@pytest.mark.parametrize("kind", KINDS if is_whole() else ["umk"])
def test_a_header_is_ignored_and_named_or_the_file_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    table = extract_of(kind)
    columns = list(table.arriving())
    for one in strings():
        path = write(tmp_path / "x.csv", [*columns, one], [dict.fromkeys(columns, "SK")])
        try:
            frame = scan(path, table, Dialect(), tmp_path).frame.collect()
            assert frame.select(RAW + name for name in columns).rows() == [("SK",) * len(columns)]
        except Stop as stop:
            assert stop.rule in ("column_twice", "irregular_record")


def test_every_setting_takes_a_text_or_refuses_it_by_name(tmp_path: Path) -> None:
    path, ways = tmp_path / "cakupan.toml", list(dict.fromkeys(settings_of_texts()))
    assert len(ways) > 100 and ("dialect", "footer") in ways and ("key", "env") in ways
    for way in ways:
        for one in some(9):
            path.write_bytes(toml(declared(way, one)))
            try:
                settings.load(path)
            except Stop as stop:
                assert stop.rule in ("settings_wrong", "settings_unreadable", "settings_missing"), way
    for one in strings():
        path.write_text(f"{one} = 1\n[dialect]\nfooter = '{one}'\n", encoding="utf-8", errors="replace")
        with contextlib.suppress(Stop):
            settings.load(path)
    assert [one.name for one in tmp_path.iterdir()] == ["cakupan.toml"]


def test_no_text_moves_a_terminal_or_makes_markup() -> None:
    for one in strings():
        assert all(mark.isprintable() or mark in "\n\t" for mark in printable(one))
        told = in_markdown(one)
        assert "\n" not in told
        assert not any(mark in told.replace(f"\\{mark}", "") for mark in "`*[]<>|")
        table = as_table(pl.DataFrame({"dasar": [one]}))
        assert len(table.split("\n")) == 3 and table.replace("\n", "").isprintable()


def ran(*words: str) -> str:
    """Return all that a command prints, after it did not fail."""
    told, umask = io.StringIO(), os.umask(0o027)
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            assert cli.main(words) in (0, 3, 4), told.getvalue()
    finally:
        os.umask(umask)
    return told.getvalue()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Return a home with extracts of every kind, brought in files of naughty names and headers, and what the load said."""
    source, made, before = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("home"), Path.cwd()
    for kind in KINDS:
        rows = in_free_columns(extract_of(kind))
        write(source / f"{kind}_2025.csv", list(rows[0]), rows)
    for place, name in enumerate(file_names()):
        (source / f"umk_{name}.csv").parent.mkdir(parents=True, exist_ok=True)
        write(source / f"umk_{name}.csv", [*ROWS, name], [ROWS | {"tahun": str(2000 + place % 20), "dasar": name}])
    (source / "<script>alert(1)<!--.txt").write_text("x", encoding="utf-8")
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    tolerant = made.parent / "tolerant.toml"
    tolerant.write_text("most_rejected = 1.0", encoding="utf-8")
    told = ran("run", "--source", str(source), "--home", str(made), "--plain", "--config", str(tolerant))
    assert list(Path.cwd().iterdir()) == []
    yield made, told
    os.chdir(before)


def test_a_load_keeps_every_text_and_runs_none(home: tuple[Path, str]) -> None:
    wanted = {masked(one) for one in strings()} - {None}
    for kind in KINDS:
        table = extract_of(kind)
        frames = [pl.read_parquet(path) for path in (home[0] / "lake" / kind / "accepted").rglob("*.parquet")]
        for name in free_columns(table):
            column = table.arriving()[name]
            if column.parse is not Parse.TEXT or table is Indicator or not frames:
                continue
            stored = {text for frame in frames for text in frame[column.name]} - {None}
            assert stored >= wanted, (kind, name, list(wanted - stored)[:3])


def test_every_row_of_every_file_was_accepted_or_rejected(home: tuple[Path, str]) -> None:
    place = Home(home[0])
    assert len(ledger.deliveries(place)) >= len(KINDS)
    for verdict in ledger.verdicts(place):
        assert not verdict.stops, verdict.stops
        assert verdict.rows == (verdict.accepted or 0) + (verdict.rejected or 0) > 0


def test_what_is_printed_moves_no_terminal(home: tuple[Path, str]) -> None:
    asked = ["status"], ["quarantine", "list"], ["query", "SELECT * FROM information_schema.tables"]
    for told in (home[1], *(ran(*words, "--home", str(home[0])) for words in asked)):
        assert told.strip() and all(mark.isprintable() or mark in "\n\t" for mark in told)


def test_reports_and_pages_hold_no_markup_of_others(home: tuple[Path, str]) -> None:
    place = Home(home[0])
    pages = [path for path in place.reports.rglob("*") if path.suffix in (".html", ".md")]
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "<script>alert(1)" not in text and "onerror=alert(1)>" not in text.replace("\\>", ""), path
        assert "\x1b" not in text and "\u202e" not in text, path
    last = json.loads((place.reports / "last-run.json").read_text(encoding="utf-8"))
    assert "\\<script\\>" in markdown(last)
