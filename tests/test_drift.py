"""What changed in the columns of a source since its last accepted delivery, and the line of settings that meets it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.entry import load_folder
from tests.endtoend import BEHIND_TRANSFORMS, ask, left_out
from tests.extracts import Row, rows, write
from warehouse import ledger
from warehouse.home import Home
from warehouse.layouts.drift import compared, told
from warehouse.layouts.forms import seen_columns
from warehouse.ledger import Drift, SeenColumn, Verdict
from warehouse.rules import raw
from warehouse.schema import Extract
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership

WHERE = "[sources.a]"


def columns(*headers: str, **forms: dict[str, int]) -> list[SeenColumn]:
    """Return columns by header; those in small letters stand for the column of that name."""
    return [SeenColumn(one, one if one.islower() else "", forms.get(one, {})) for one in headers]


def changes(before: list[SeenColumn], now: list[SeenColumn]) -> list[tuple[str, str]]:
    """Return the changes and their headers."""
    return [(one.change, one.header) for one in compared(before, now, WHERE)]


def test_the_same_columns_have_not_drifted_however_they_are_written() -> None:
    assert changes(columns("kode kab", "tahun"), columns("Kode_Kab", "TAHUN")) == []


def test_a_column_that_came_and_one_that_went_are_named() -> None:
    assert changes(columns("tahun", "dasar"), columns("tahun", "CATATAN")) == [("CAME", "CATATAN"), ("WENT", "dasar")]


def test_a_renamed_column_gets_the_alias_line_that_would_meet_it() -> None:
    came, went = compared(columns("tahun", "upah_minimum"), columns("tahun", "UPAH MINIMUM 2025"), WHERE)
    assert came.proposal == '[sources.a] aliases = { "UPAH MINIMUM 2025" = "upah_minimum" }'
    assert (went.change, went.proposal) == ("WENT", "")


def test_a_column_of_another_name_on_the_old_place_gets_an_alias_line_too_but_not_two_columns() -> None:
    found = compared(columns("tahun", "dasar", "pagu"), columns("tahun", "SK", "PAGU INDIKATIF"), WHERE)
    assert {one.header: one.proposal.partition(" = ")[2] for one in found if one.change == "CAME"} == {
        "SK": '{ "SK" = "dasar" }',
        "PAGU INDIKATIF": '{ "PAGU INDIKATIF" = "pagu" }',
    }


def test_a_quote_in_a_header_cannot_break_out_of_the_alias_line() -> None:
    [came, _] = compared(columns("tahun", "dasar"), columns("tahun", 'DASAR "x" = \\'), WHERE)
    line = came.proposal.removeprefix(WHERE).strip()
    assert tomllib.loads(line) == {"aliases": {'DASAR "x" = \\': "dasar"}}


def test_only_the_column_that_moved_is_said_to_have_moved() -> None:
    [moved] = compared(columns("a", "b", "c", "d"), columns("b", "c", "d", "a"), WHERE)
    assert (moved.change, moved.header, moved.before, moved.now) == ("MOVED", "a", "1", "4")


def test_a_new_column_in_front_moves_nobody() -> None:
    assert changes(columns("a", "b"), columns("X", "a", "b")) == [("CAME", "X")]


def test_a_new_way_of_writing_is_told_with_its_first_line_and_the_setting_for_it() -> None:
    before, now = columns("upah", upah={"1234": 2}), columns("upah", upah={"1234": 2, "1.234": 17})
    [changed] = compared(before, now, WHERE)
    assert (changed.change, changed.before, changed.now, changed.line) == ("CHANGED", "1234", "1.234", 17)
    assert changed.proposal == '[sources.a] decimal = ",", thousands = "."'
    assert "17" in told(changed) and changed.proposal in told(changed)


def test_a_column_that_was_empty_before_has_not_changed() -> None:
    assert changes(columns("upah"), columns("upah", upah={"1234": 2})) == []


def test_a_file_without_a_header_is_not_compared_because_its_first_row_would_show() -> None:
    assert changes(columns("nik", "upah"), columns("1503014502900001", "SITI")) == []


def test_a_number_as_long_as_an_id_in_a_header_is_masked() -> None:
    [came] = compared(columns("upah"), columns("upah", "1503014502900001"), WHERE)
    assert came.header == "#"


def shapes(table: type[Extract], name: str, *texts: str) -> dict[str, int]:
    """Return the ways in which the texts of a column are written, with the first line of each."""
    frame = pl.LazyFrame({"line_no": range(2, 2 + len(texts)), raw(table.arriving()[name]): list(texts)})
    [seen] = seen_columns(frame, table, ((name, name),))
    return seen.forms


@pytest.mark.parametrize(
    ("table", "name", "texts", "ways"),
    [
        (Membership, "upah", ("3200000", "3.200.000", "tiga"), ["1234", "1.234.567,89", "teks / text"]),
        (Membership, "upah", ("16.800", "16,800", "16800.0", "2.6E+10"), ["1.234", "1,234", "1234.0", "1.2E+10"]),
        (
            Membership,
            "tgl_mulai",
            ("2025-03-01", "01/03/2025", "1 Maret 2025"),
            ["9999-99-99", "99/99/9999", "9 a 9999"],
        ),
        (Membership, "kpj", ("26133068531", "6133068531", "26133068531.0"), ["11 digit", "10 digit", "1234.0"]),
        (Membership, "segmen", ("PU", "bpu", "XX"), ["kode dalam daftar / listed code", "teks / text"]),
        (Contribution, "kode_kab", ("15.03", "Sarolangun"), ["99.99", "nama / name"]),
    ],
)
def test_values_show_by_their_shape_alone(
    table: type[Extract], name: str, texts: tuple[str, ...], ways: list[str]
) -> None:
    assert list(shapes(table, name, *texts)) == ways


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("6407", "kode Kemendagri / code"),
        ("6404", "kode BPS / code"),
        ("1101", "kode kedua sistem / of both systems"),
        ("9999", "9999"),
    ],
)
def test_the_system_of_a_code_shows_where_only_one_system_has_it(code: str, way: str) -> None:
    assert list(shapes(Contribution, "kode_kab", code)) == [way]


def test_one_bad_row_of_many_is_no_drift_of_the_column() -> None:
    assert list(shapes(Membership, "upah", *["3200000"] * 30, "tiga")) == ["1234"]


def test_a_verdict_without_columns_still_reads_and_one_with_drift_reads_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    drift = (Drift("CAME", "X", "", "", "", 1, ""),)
    ledger.save(home, Verdict("new", "sha", "umk", columns=(SeenColumn("a", "b", {"1234": 2}),), drift=drift))
    found = ledger.find(home, "new")
    assert found is not None
    assert (found.columns, found.drift) == ((SeenColumn("a", "b", {"1234": 2}),), drift)
    old = {key: value for key, value in asdict(found).items() if key not in ("columns", "drift")} | {"gate_id": "old"}
    (tmp_path / "lake" / "verdicts" / "old.json").write_text(json.dumps(old), encoding="utf-8")
    known = ledger.find(home, "old")
    assert known is not None and (known.columns, known.drift) == ((), ())


CONFIG = '[sources.dinas]\nglob = "upah_*.csv"\nkind = "umk"\n'


def wages(year: str, **same: str) -> list[Row]:
    """Return the minimum wages of two regencies in a year."""
    return rows("umk", "| kode_kab |\n| 15.03 |\n| 15.04 |", tahun=year, **same)


def renamed(found: list[Row], old: str, new: str) -> list[Row]:
    """Return rows with a column under another header."""
    return [{new if name == old else name: value for name, value in row.items()} for row in found]


def loaded(place: Path, files: dict[str, list[Row]], config: str = CONFIG) -> dict[str, Any]:
    """Return the result of a load of these files with settings."""
    (place / "cakupan.toml").write_text(config, encoding="utf-8")
    source = write(place / "source", files)
    with left_out(*BEHIND_TRANSFORMS) as call:
        return load_folder(str(source), str(place / "home"), config=str(place / "cakupan.toml"), call=call)


DRIFT = "SELECT change, header, column_name, before, now, line_no, proposal FROM ops.drift ORDER BY position"


def test_a_stopped_file_is_told_what_changed_and_its_alias_line_lets_it_load(tmp_path: Path) -> None:
    first = {"upah_2024.csv": wages("2024")}
    loaded(tmp_path, first)
    second = first | {"upah_2025.csv": renamed(wages("2025"), "upah_minimum", "Upah Min 2025")}
    stopped = loaded(tmp_path, second)
    assert list(stopped["stopped_files"]) == ["upah_2025.csv"]
    line = '[sources.dinas] aliases = { "Upah Min 2025" = "upah_minimum" }'
    assert ask(tmp_path / "home", DRIFT) == [
        ("CAME", "Upah Min 2025", None, None, None, 1, line),
        ("WENT", "upah_minimum", "upah_minimum", None, None, None, None),
    ]
    assert any(line in note for note in stopped["notes"]["upah_2025.csv"])
    cured = loaded(tmp_path, second, CONFIG + line.removeprefix("[sources.dinas] ") + "\n")
    assert cured["state"] == "LOADED"


def test_a_column_that_stopped_being_numbers_is_told_with_the_first_line(tmp_path: Path) -> None:
    loaded(tmp_path, {"upah_2024.csv": wages("2024")})
    told_of = loaded(
        tmp_path, {"upah_2024.csv": wages("2024"), "upah_2025.csv": wages("2025", upah_minimum="3.100.000")}
    )
    assert told_of["state"] == "LOADED"
    assert ask(tmp_path / "home", DRIFT) == [
        ("CHANGED", "upah_minimum", "upah_minimum", "1234", "1.234.567,89", 2, None)
    ]


def test_files_of_another_source_are_not_compared(tmp_path: Path) -> None:
    files = {"upah_2024.csv": wages("2024"), "umk_lain.csv": renamed(wages("2025"), "dasar", "dasar")}
    loaded(tmp_path, files)
    assert ask(tmp_path / "home", DRIFT) == []
    loaded(tmp_path, files | {"umk_beda.csv": [row | {"catatan": "x"} for row in wages("2026")]})
    assert ask(tmp_path / "home", DRIFT) == []


def test_without_sources_a_file_is_compared_with_the_one_before_of_the_same_name_but_for_digits(tmp_path: Path) -> None:
    files = {"umk_2024.csv": wages("2024")}
    loaded(tmp_path, files, "")
    loaded(tmp_path, files | {"umk_2025.csv": [row | {"catatan": "x"} for row in wages("2025")]}, "")
    assert [row[:2] for row in ask(tmp_path / "home", DRIFT)] == [("CAME", "catatan")]
