"""The command `cakupan scan` raises no alarm on what a load leaves, finds a planted person of landing, and shows nobody."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.extracts import PLAIN, kpj, membership, memberships, nik, write
from tests.scanner import Words
from tests.test_privacy import name_of

PERSON = 4711


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that was loaded with named people."""
    from tests.endtoend import load

    place = tmp_path_factory.mktemp("scan")
    rows = memberships("2025-02", "2025-02-28", "| orang | segmen |\n| 1-30 | PU |")
    own = membership(PERSON, PLAIN["kepesertaan"] | {"blth": "2025-02", "tgl_data": "2025-02-28"})
    named = own | {"nama": f"{name_of(PERSON)} BIN {name_of(PERSON + 1)}"}
    load(write(place / "source", {"kepesertaan_202502.csv": [*rows, named]}), place / "home")
    return place / "home"


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the command away from what this machine holds beside the home."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_clean_home_raises_no_alarm(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["scan", "--home", str(home), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["found"], told["unread"], told["landing_unread"]) == (0, [], {}, [])
    assert {key: told["looked_for"][key] for key in ("nik", "kpj", "names")} == {"nik": 31, "kpj": 31, "names": 2}
    assert told["searched"]["files"] > 50


def test_a_person_of_landing_is_found_wherever_planted_and_not_shown(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    planted = {
        "person": [f"{name_of(PERSON).lower()}  Bin {name_of(PERSON + 1)}"],
        "kpj": [kpj(PERSON)],
        "n": [int(nik(PERSON))],
    }
    pl.DataFrame(planted).write_parquet(tmp_path / "home" / "reports" / "a.parquet")
    assert main(["scan", "--home", str(tmp_path / "home")]) == 1
    said = capsys.readouterr()
    lines = [line for line in said.out.splitlines() if line.startswith("!")]
    assert {kind for kind in ("NIK", "KPJ", "nama / name") for line in lines if f": {kind}" in line} == {
        "NIK", "KPJ", "nama / name",
    }  # fmt: skip
    assert all("reports/a.parquet" in line for line in lines)
    assert Words([nik(PERSON), kpj(PERSON), name_of(PERSON)]).in_text(said.out + said.err) == set()


def test_given_words_are_told_by_their_line(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words").write_text("nobody here\n\nSOMEBODY-7\n")
    (tmp_path / "note").write_text("so somebody 7 was here")
    words = [
        "scan",
        str(tmp_path / "note"),
        "--home",
        str(home),
        "--words",
        str(tmp_path / "words"),
        "--sample",
        "0",
        "--json",
    ]
    assert main(words) == 1
    assert [one["words"] for one in json.loads(capsys.readouterr().out)["found"]] == [[3]]


def test_a_word_that_chance_could_write_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "words").write_text("short\n")
    assert main(["scan", "--home", str(home), "--words", str(tmp_path / "words")]) == 1
    assert "word_too_short" in capsys.readouterr().err
