"""The commands that ask, as a person types them: forms, files, hints, terminals and pipes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from flows.printing import as_table
from tests.asked import asked_home, command, environment
from tests.endtoend import ROOT
from warehouse.home import Home

MARCH = "SELECT region_code, month, active_workers FROM coverage ORDER BY region_code"
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a small published home."""
    return asked_home(tmp_path_factory.mktemp("command"))


def asked(home: Home, *words: str) -> int:
    return main(["query", "--home", str(home.root), *words])


def test_a_table_groups_thousands_and_csv_and_json_are_exact(home: Home, capsys: Said) -> None:
    assert asked(home, MARCH) == 0
    assert capsys.readouterr().out.splitlines()[2] == "15.02        2025-03-01           2,000"
    assert asked(home, MARCH, "--csv") == 0
    assert capsys.readouterr().out == "region_code,month,active_workers\n15.02,2025-03-01,2000\n15.03,2025-03-01,60\n"
    sql = "SELECT sum(active_workers) AS s, max(month) AS m, max(loaded_at) AS at, 0.25 AS f FROM coverage"
    assert asked(home, sql, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == [{"s": 2060, "m": "2025-03-01", "at": "2025-05-01T00:00:00.000000", "f": 0.25}]


def test_the_question_comes_from_a_file_or_from_standard_input_too(
    home: Home, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "q.sql").write_text("SELECT 'from the file' AS said;\n")
    monkeypatch.setattr("sys.stdin", StringIO("SELECT 'from the pipe' AS said"))
    assert (asked(home, "--file", str(tmp_path / "q.sql"), "--csv"), asked(home, "-", "--csv")) == (0, 0)
    assert capsys.readouterr().out == "said\nfrom the file\nsaid\nfrom the pipe\n"


@pytest.mark.parametrize(
    "words", [[], ["SELECT 1", "--file", "q.sql"], ["SELECT 1", "--set", "x"], ["SELECT 1", "--out", "a.xlsx"]]
)
def test_a_command_that_is_not_understood_ends_with_2(home: Home, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(home, *words)
    assert ended.value.code == 2


def test_values_and_the_day_are_given_beside_the_question(home: Home, capsys: Said) -> None:
    sql = "SELECT active_workers FROM coverage WHERE region_code = $region"
    assert asked(home, sql, "--set", "region=15.03", "--as-of", "2025-04-02", "--csv") == 0
    assert capsys.readouterr().out == "active_workers\n52\n"


def test_an_answer_goes_to_a_file_whole_and_over_another_only_by_force(
    home: Home, tmp_path: Path, capsys: Said
) -> None:
    file = tmp_path / "out.parquet"
    assert asked(home, MARCH, "--parquet", str(file)) == 0
    assert pl.read_parquet(file).rows() == [("15.02", date(2025, 3, 1), 2_000), ("15.03", date(2025, 3, 1), 60)]
    assert asked(home, "SELECT 1 AS one", "--out", str(file)) == 1
    assert "output_exists" in capsys.readouterr().err
    assert asked(home, "SELECT 1 AS one", "--out", str(file), "--force") == 0
    assert pl.read_parquet(file).columns == ["one"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


@pytest.mark.parametrize(
    "inside", ["out.csv", "published/out.csv", "lake/../landing/out.csv", "published/current/cakupan.csv"]
)
def test_no_answer_goes_into_the_home(home: Home, inside: str, capsys: Said) -> None:
    assert asked(home, "SELECT 1", "--out", str(home.root / inside), "--force") == 1
    assert "output_in_home" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("FROM coverag", "did you mean: coverage"),
        ("FROM coverage_asof(DATE '2025-03-16')", "did you mean: coverage_as_of"),
        ("SELECT region_nam FROM coverage", "region_name (mart.coverage)"),
        ("SELECT c.activ_workers FROM coverage c", "active_workers (mart.coverage)"),
        ("SELECT summ(1)", "did you mean: sum"),
        ("FROM coverage WHERE region_name = \"Jambi\"", "single quotes: 'Jambi'"),
        ("FROM coverage WHERE month = '2025-03'", "DATE '2025-03-01'"),
        ("FROM core.employer_month", "--internal"),
        ("SELECT $region", "--set region=..."),
    ],
)  # fmt: skip
def test_a_wrong_word_is_answered_with_the_nearest_one(home: Home, sql: str, hint: str, capsys: Said) -> None:
    assert asked(home, sql) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert hint in said.err and "Traceback" not in said.err
    assert ("LINE 1: " in said.err and "^" in said.err) or "$" in sql


def test_a_quote_in_a_wrong_word_does_no_harm(home: Home, capsys: Said) -> None:
    assert asked(home, "SELECT region_nam, 'it''s' FROM coverage WHERE region_code = 'O''Brien'") == 1
    assert "region_name" in capsys.readouterr().err
    assert main(["describe", "cov'erage", "--home", str(home.root)]) == 1
    assert "name_unknown" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("region_code = 'Sarolangun'", "15.03 Sarolangun"),
        ("coverage_ratio > 52", "is a fraction: 0.52"),
        ("month = DATE '2025-03-16'", "month = DATE '2025-03-01'"),
        ("region_code LIKE '15.%' AND coverage_ratio > 0.5 AND month = DATE '2025-03-01'", ""),
        ("province_code = '15' AND coverage_ratio >= 1", ""),
    ],
)
def test_a_slip_in_a_question_that_runs_is_said_aside(home: Home, condition: str, hint: str, capsys: Said) -> None:
    assert asked(home, f"SELECT count(*) AS n FROM coverage WHERE {condition}", "--csv") == 0
    said = capsys.readouterr()
    assert said.out.startswith("n\n")
    assert hint in said.err if hint else said.err == ""


def test_what_there_is_and_what_it_means_comes_from_the_database(home: Home, capsys: Said) -> None:
    assert main(["tables", "--home", str(home.root), "--json"]) == 0
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert found["mart.coverage"]["kind"] == "view" and found["mart.coverage_as_of(d)"]["kind"] == "macro"
    assert found["mart.fact_coverage"]["meaning"].startswith("Distinct workers in force")
    assert main(["describe", "fact_coverage", "--home", str(home.root), "--json"]) == 0
    columns = {one["column"]: one for one in json.loads(capsys.readouterr().out)["columns"]}
    assert (columns["active_workers"]["type"], columns["active_workers"]["unit"]) == ("BIGINT", "persons")
    assert "Do not sum" in columns["active_workers"]["meaning"]
    assert main(["describe", "coverge", "--home", str(home.root)]) == 1
    assert "did you mean: coverage" in capsys.readouterr().err


def test_a_narrow_terminal_loses_texts_first_then_columns_and_never_a_digit() -> None:
    frame = pl.DataFrame({"code": ["15.03"], "text": ["long " * 20], "idr": [13_045_334_400], "more_idr": [16_800]})
    assert "…" not in as_table(frame)
    wide, narrow = as_table(frame, 60).splitlines(), as_table(frame, 24).splitlines()
    assert "13,045,334,400" in wide[2] and "16,800" in wide[2] and "…" in wide[2]
    assert "idr" in " ".join(narrow[3:]) and "--csv" in " ".join(narrow[3:])
    assert max(map(len, wide + narrow[:3])) <= 60 and max(map(len, narrow)) <= 24


def at_terminal(words: list[str], folder: Path, columns: int) -> str:
    """Return what a command prints to a terminal of that width."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["sh", "-c", 'stty cols "$0"; exec "$@"', str(columns), *words], cwd=ROOT, env=environment(folder), stdin=theirs, stdout=theirs, stderr=theirs
    ):  # fmt: skip
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 4096):
                text += part
        except OSError:
            pass
    os.close(ours)
    return text.decode()


def test_a_terminal_gets_lines_that_fit_and_a_pipe_gets_everything(home: Home, tmp_path: Path) -> None:
    words = command("query", "--home", str(home.root), "FROM coverage")
    seen = at_terminal(words, tmp_path, 70).splitlines()
    assert max(map(len, seen)) <= 70
    assert "not shown" in " ".join(seen)
    piped = subprocess.run(
        words, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=True
    ).stdout
    assert len(piped.splitlines()[0]) > 200 and "…" not in piped


def test_a_reader_that_has_seen_enough_ends_a_question_without_a_word(home: Home, tmp_path: Path) -> None:
    words = [*command("query", "--home", str(home.root)), "SELECT range AS n FROM range(200000)", "--csv"]
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asking:
        assert asking.stdout is not None and asking.stderr is not None
        assert asking.stdout.readline() == b"n\n"
        asking.stdout.close()
        assert asking.stderr.read() == b""
