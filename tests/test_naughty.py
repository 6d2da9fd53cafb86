"""Texts that were made to break things, in fields, headers, file names and settings: they arrive as given and do nothing."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from flows import settings
from flows.printing import as_table
from flows.report import markdown
from tests.corpora import folder
from tests.endtoend import load
from tests.extracts import PLAIN
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.reading import scan
from warehouse.showing import in_markdown, printable
from warehouse.tables.minimum_wage import MinimumWage

BLANKS = r"[^\S\x1c-\x1f]+"
NUMBER = r"\d(?:[ .\-/]?\d){15,}"
OWN = [
    "'; DROP TABLE mart.coverage; --", '" OR 1=1 --', "$(touch tersentuh)", "`id`", "| cat /etc/passwd", "../../etc/passwd", "..\\..\\x",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[klik](javascript:alert(1))", "![x](http://example.org/x.png)", "**tebal** | sel",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "{{7*7}}", "${jndi:ldap://example.org/a}", "%s%n%x", "{0.__class__}", "\x1b[2J\x1b]0;judul\x07",
    "\u202egnp.exe", "\u2066a\u2069", "NULL", "None", "nan", "1e309", "Ω≈ç√∫", "田中さん", "👩‍👩‍👧",
    "ﷺ", "Z̤͔a̘l͠go", "\ufeffx", "a\u00a0b", "\u200b", 'baris"satu', "true",
]  # fmt: skip


def strings() -> list[str]:
    """Return our own naughty strings and, where it lies beside the checkout, the big list; NUL stops a file and is not among them."""
    place = folder() / "naughty_strings.zip"
    known: list[str] = []
    if place.exists():
        with zipfile.ZipFile(place) as archive:
            known = json.loads(archive.read("blns.json"))
    return [one for one in dict.fromkeys([*OWN, *known]) if "\0" not in one and len(one) < 2_000]


def given(text: str) -> str | None:
    """Return what a text is after the blanks around it, which nobody means."""
    return text.strip() or None


def test_a_field_arrives_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "umk.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(
            [["kode_kab", "tahun", "upah_minimum", "dasar"], *(["15.03", "2025", "3", one] for one in strings())]
        )
    found = scan(path, MinimumWage, Dialect(), tmp_path).frame.collect()["raw_dasar"].to_list()
    assert found == [given(one) for one in strings()]


def test_a_header_is_ignored_and_named_or_the_file_is_refused_by_name(tmp_path: Path) -> None:
    for one in strings():
        path = tmp_path / "umk.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(
                [["kode_kab", "tahun", "upah_minimum", "dasar", one], ["15.03", "2025", "3", "SK", "x"]]
            )
        try:
            assert scan(path, MinimumWage, Dialect(), tmp_path).frame.collect()["raw_dasar"].to_list() == ["SK"]
        except Stop as stop:
            assert stop.rule in ("column_twice", "irregular_record")


def test_a_setting_is_taken_as_a_text_or_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "cakupan.toml"
    for one in strings():
        for text in (
            f"footer = {json.dumps(one)}",
            f'aliases = {{ {json.dumps(one)} = "nik" }}',
            f"footer = '{one}'",
            one,
        ):
            path.write_text(f"[dialect]\n{text}\n", encoding="utf-8", errors="replace")
            try:
                read = settings.load(path).dialect
            except Stop as stop:
                assert stop.rule in ("settings_wrong", "settings_unreadable")
            else:
                assert read.footer in (one, "") or text == one


def test_no_text_moves_a_terminal_or_makes_markup() -> None:
    for one in strings():
        assert all(mark.isprintable() or mark in "\n\t" for mark in printable(one))
        told = in_markdown(one)
        assert "\n" not in told
        assert not any(mark in told.replace(f"\\{mark}", "") for mark in "`*[]<>|")
        table = as_table(pl.DataFrame({"dasar": [one]}))
        assert len(table.split("\n")) == 3 and table.replace("\n", "").isprintable()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with employers of naughty names, brought in files of naughty names."""
    source, made = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("home")
    row = PLAIN["badan_usaha"] | {"tgl_data": "2025-03-16"}
    names = [one for one in OWN if "/" not in one and "\\" not in one][::5]
    for place, name in enumerate(["plain", *names]):
        employers = strings() if not place else [name]
        with (source / f"badan_usaha_{name}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(row))
            writer.writeheader()
            writer.writerows(row | {"npp": f"N{place}-{number}", "nama": one} for number, one in enumerate(employers))
    (source / "<script>alert(1)<!--.txt").write_text("x", encoding="utf-8")
    load(source, made)
    return made


def test_a_load_keeps_every_name_and_runs_none(home: Path) -> None:
    frames = [pl.read_parquet(path) for path in (home / "lake").rglob("*.parquet")]
    stored = {name for frame in frames if "employer_name" in frame for name in frame["employer_name"]}
    masked = {re.sub(NUMBER, "#", re.sub(BLANKS, " ", one).strip(" ")) for one in strings()} - {""}
    assert stored - {None} == masked
    assert not Path("tersentuh").exists()


def test_reports_and_pages_hold_no_markup_of_others(home: Path) -> None:
    place = Home(home)
    pages = [path for path in place.reports.rglob("*") if path.suffix in (".html", ".md")]
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "<script>alert(1)" not in text and "onerror=alert(1)>" not in text.replace("\\>", ""), path
        assert "\x1b" not in text and "\u202e" not in text, path
    last = json.loads((place.reports / "last-run.json").read_text(encoding="utf-8"))
    assert "\\<script\\>" in markdown(last)
