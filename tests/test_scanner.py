"""The scanner finds what was planted, in every hiding place, and nothing else, and never says what it found."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.hiding import BOTH, NAME, NIK, PLACES
from tests.scanner import Words
from warehouse.scanning.names import names_of
from warehouse.scanning.sweep import Finding, Sweep
from warehouse.scanning.wanted import People, Wanted

NEAR = ["1503014502900018", "ZULAIKHAWATU"]


def found(words: list[str], folder: Path) -> set[str]:
    """Return the words that were found anywhere in a folder."""
    return set().union(*Words(words).in_folder(folder).values())


def swept(wanted: Wanted, folder: Path) -> list[Finding]:
    """Return what was found of what is wanted."""
    sweep = Sweep(wanted)
    sweep.through([folder])
    return sweep.findings


@pytest.mark.parametrize("place", PLACES)
def test_every_hiding_place_gives_up_what_was_planted(place: str, tmp_path: Path) -> None:
    PLACES[place](tmp_path / "file")
    assert found([NIK, NAME], tmp_path) == {NIK, NAME}
    assert found(NEAR, tmp_path) == set()


def test_there_are_at_least_thirty_hiding_places() -> None:
    assert len(PLACES) >= 30


def test_a_name_of_a_file_that_gives_a_word_away_is_told_by_its_shape(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a").write_text(NIK)
    (tmp_path / f"{NAME}.csv").touch()
    (tmp_path / f"{NIK}").write_text("x")
    assert Words([NIK, NAME]).in_folder(tmp_path, without=["landing"]) == {
        "aaaaaaaaaaaa.aaa": {NAME},
        "################": {NIK},
    }


@pytest.mark.parametrize("place", ["a text", "zip in tar in gzip", "DuckDB", "names of files", "a link"])
def test_what_is_told_holds_nothing_of_what_was_found(place: str, tmp_path: Path) -> None:
    PLACES[place](tmp_path / "file")
    told = json.dumps([one.data() for one in swept(Wanted([NIK, NAME]), tmp_path)])
    assert "word" in told
    assert Words([NIK, NAME]).in_text(told) == set()


def test_a_finding_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 5_000_000 + BOTH.encode())
    PLACES["DuckDB"](tmp_path / "base")
    PLACES["zip in tar in gzip"](tmp_path / "pack")
    places = {(Path(one.path).name, one.inside, one.at.split(" ")[-1]) for one in swept(Wanted([NIK]), tmp_path)}
    assert places == {
        ("big", "", "4177920"),
        ("base", "", "0"),
        ("base", "", "ops.note.a"),
        ("pack", "!gzip!inner.zip!deep/note.txt", "0"),
    }


def test_people_are_found_by_number_and_by_name_however_written(tmp_path: Path) -> None:
    names = names_of([pl.Series(["Siti Aminah Nurlela", "SUPRIYANTININGSIH", "Budi", "Ani Su"])])
    people = People(np.array([int(NIK)], np.uint64), np.array([26133000010], np.uint64), names)
    (tmp_path / "a").write_text("x;26133000010;SITI  AMINAH-NURLELA;y\nz supriyantiningsih")
    (tmp_path / "b").write_text("1503-0145-0290-0017 126133000010 siti;aminah nurlela, Budi Ani Su 2613300001")
    assert sorted((Path(one.path).name, one.kind, one.count) for one in swept(Wanted((), people), tmp_path)) == [
        ("a", "kpj", 1),
        ("a", "name", 2),
        ("b", "nik", 1),
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1503014502900017", 1),
        ("1503-0105-0290-0017", 1),
        ("1.503014502900017e15", 1),
        ("NIK1503014502900017.0", 1),
        ("0.1503014502900017", 0),
        ("15.03014502900017", 0),
        ("15.03.01.450290.0017", 1),
        ("2025-02-28,1503014502900017,1", 1),
        ("9e80919e-0f9f-4d33-b0b3-150301450290-0017", 0),
        ("9903014502900017", 0),
        ("1503014513900017", 0),
        ("1503013002900017", 0),
        ("15030145029000171", 0),
        ("a1503014502900017b", 0),
        ("1503014502900000", 0),
    ],
)
def test_a_number_of_the_form_of_a_nik_is_found_where_it_stands_alone(text: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(text)
    assert sum(one.count for one in swept(Wanted(is_region={"15.03"}.__contains__), tmp_path)) == count


def test_what_cannot_be_searched_is_told(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).bytes(90_000)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(BOTH.encode() * 9 + noise)[:-40_000])
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"0" * 3_000_000))
    (tmp_path / "no.parquet").write_bytes(b"PAR1 no")
    sweep = Sweep(Wanted([NIK]), largest_member=1_000_000)
    sweep.through([tmp_path])
    assert {Path(path).name: why.split(":")[0] for path, why in sweep.unread.items()} == {
        "cut.gz!gzip": "broken",
        "bomb.gz!gzip": "it expands too much",
        "no.parquet": "parquet",
    }
    assert {Path(one.path).name for one in sweep.findings} == {"cut.gz"}


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text(NIK)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "file").symlink_to(tmp_path / "outside" / "a")
    assert swept(Wanted([NIK]), tmp_path / "inside") == []


def test_a_word_that_chance_could_write_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Wanted(["1234567"])
