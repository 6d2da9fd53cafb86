"""Rejected rows go out, come back mended and join the file they were sent in: once, and with counts that add up."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.context import silent
from flows.quarantine.answers import MARK, mark
from flows.quarantine.replay import replay
from flows.quarantine.state import contents
from tests.endtoend import SHOWING, ask
from tests.extracts import Row, write
from tests.quarantined import DAY, Desk, mended_csv, mended_xlsx, people, with_wage
from warehouse.errors import Stop

NAME = "kepesertaan_202502.csv"
GOOD = people(1, 60)
BAD = people(101, 103, "BPU", upah="-1", nama="=WEBSERVICE(1)", sub_sektor="=1+'1")
FILES = "SELECT rows, rows_accepted, rows_rejected FROM ops.source_file ORDER BY received_at"


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a desk at which one file with three rejected rows was received."""
    folder = tmp_path_factory.mktemp("received")
    assert in_folder(folder).send({NAME: [*GOOD, *BAD]})["rows_rejected"] == 3
    return folder


@pytest.fixture
def desk(received: Path, tmp_path: Path) -> Desk:
    """Return a desk of its own at which that file was received."""
    return in_folder(shutil.copytree(received, tmp_path / "desk", symlinks=True))


def in_folder(folder: Path) -> Desk:
    """Return the desk in a folder, of which the warehouse alone is asked."""
    return Desk(folder / "source", folder / "home", without=SHOWING)


def marked(desk: Desk, rows: dict[int, Row]) -> list[Row]:
    """Return rows as they come back, by the line they answer in the first file."""
    sha256 = contents(desk.home)[0].judged.delivery.sha256
    return [row | {MARK: mark(sha256, line)} for line, row in rows.items()]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_an_export_that_is_mended_and_sent_back_adds_its_rows_and_leaves_the_others(desk: Desk, suffix: str) -> None:
    sent = desk.export(NAME, suffix)
    mend = mended_xlsx if suffix == ".xlsx" else mended_csv
    mend(sent, desk.source / f"kepesertaan_jawaban{suffix}", with_wage("3000000"))
    result = desk.run()
    assert (result["stopped_files"], result["stopped_months"]) == ({}, {})
    assert desk.active() == 63
    assert desk.states() == {"rows": 3, "open": 0, "accepted": 3, "dropped": 0, "replaced": 0}
    assert set(desk.rows()["resolved_by"]) == {f"kepesertaan_jawaban{suffix}"}
    assert ask(desk.root, FILES) == [(63, 60, 3), (3, 3, 0)]
    kept = pl.read_parquet(desk.home.lake / "kepesertaan" / "*.parquet")["sub_sector"].drop_nulls()
    assert kept.to_list() == ["=1+'1"] * 3
    assert desk.run()["months_loaded"] == {}


def test_an_answer_that_is_still_wrong_leaves_its_row_open_and_stops_nothing(desk: Desk) -> None:
    wages = iter(["3000000", "-9", "3000000"])
    mended_csv(desk.export(NAME), desk.source / "kepesertaan_jawaban.csv", lambda row: row | {"upah": next(wages)})
    result = desk.run()
    assert (result["stopped_files"], result["stopped_months"]) == ({}, {})
    assert (desk.active(), desk.states()["open"], desk.states()["accepted"], desk.states()["rows"]) == (62, 1, 2, 3)
    assert ask(desk.root, FILES) == [(63, 60, 3), (3, 2, 1)]


def test_of_two_answers_to_a_row_the_later_accepted_one_counts_and_no_other(desk: Desk) -> None:
    first = BAD[0] | {"upah": "2000000"}
    second = people(201, 201, "BPU", upah="2100000")[0]
    third = second | {"upah": "-5"}
    files = {NAME: [*GOOD, *BAD], "kepesertaan_j1.csv": marked(desk, {62: first})}
    desk.send(files)
    assert desk.active() == 61
    files["kepesertaan_j2.csv"] = marked(desk, {62: second})
    desk.send(files)
    assert desk.active() == 61
    files["kepesertaan_j3.csv"] = marked(desk, {62: third})
    desk.send(files)
    assert desk.active() == 61
    assert ask(desk.root, FILES) == [(63, 60, 3), (1, 0, 1), (1, 1, 0), (1, 0, 1)]
    assert desk.states() == {"rows": 3, "open": 2, "accepted": 1, "dropped": 0, "replaced": 0}
    assert "kepesertaan_j2.csv" in set(desk.rows()["resolved_by"])


def test_rows_that_answer_nothing_are_rejected_by_name_and_counted_as_rows_of_their_own(desk: Desk) -> None:
    answers = marked(desk, {62: BAD[0] | {"upah": "1"}, 2: BAD[1] | {"upah": "1"}})
    answers.append(BAD[2] | {"upah": "1", MARK: ""})
    desk.send({NAME: [*GOOD, *BAD], "kepesertaan_jawaban.csv": answers})
    rules = ask(desk.root, "SELECT rules FROM ops.rejection WHERE rules LIKE 'answer%' ORDER BY rules")
    assert rules == [("answer_not_needed",), ("answer_unknown",)]
    assert desk.active() == 61
    assert desk.states() == {"rows": 4, "open": 3, "accepted": 1, "dropped": 0, "replaced": 0}


def test_an_answer_to_a_file_that_nobody_sent_is_stopped_and_holds_up_no_month(desk: Desk) -> None:
    stranger = [BAD[0] | {"upah": "1", MARK: mark("ab" * 32, 62)}]
    result = desk.send({NAME: [*GOOD, *BAD, *people(61, 70)], "kepesertaan_202502_asing.csv": stranger})
    assert result["stopped_files"].keys() == {"kepesertaan_202502_asing.csv"}
    assert result["stopped_months"] == {}
    assert desk.active() == 70


def test_an_answer_with_the_key_of_an_accepted_row_does_not_count_and_its_row_stays_open(desk: Desk) -> None:
    twin = GOOD[0] | {"upah": "1"}
    result = desk.send({NAME: [*GOOD, *BAD], "kepesertaan_jawaban.csv": marked(desk, {62: twin})})
    assert result["stopped_months"] == {}
    assert (desk.active(), desk.states()["open"], desk.states()["rows"]) == (60, 3, 3)


def test_mended_rows_under_the_name_of_their_file_join_it_instead_of_replacing_it(desk: Desk) -> None:
    desk.send({NAME: [row | {"upah": "2500000"} for row in BAD[:2]]})
    assert desk.active() == 62
    assert desk.states() == {"rows": 3, "open": 1, "accepted": 2, "dropped": 0, "replaced": 0}


def test_a_row_that_is_none_of_the_rejected_ones_makes_the_file_a_restatement(desk: Desk) -> None:
    other = BAD[1] | {"upah": "2500000", "tgl_mulai": "2019-05-05"}
    desk.send({NAME: [BAD[0] | {"upah": "2500000"}, other]})
    assert desk.active() == 2
    assert desk.states() == {"rows": 3, "open": 0, "accepted": 0, "dropped": 0, "replaced": 3}


def test_a_restatement_takes_the_answers_to_the_old_content_with_it(desk: Desk) -> None:
    files = {NAME: [*GOOD, *BAD], "kepesertaan_jawaban.csv": marked(desk, {62: BAD[0] | {"upah": "1"}})}
    desk.send(files)
    assert desk.active() == 61
    result = desk.send(files | {NAME: [*GOOD, BAD[0] | {"upah": "2"}, BAD[2]]})
    assert result["stopped_months"] == {}
    assert desk.active() == 61
    assert desk.states() == {"rows": 3, "open": 1, "accepted": 1, "dropped": 0, "replaced": 1}


def test_a_row_that_the_next_content_has_too_is_the_same_row_first_seen_when_it_first_came(desk: Desk) -> None:
    before = desk.rows()["first_seen"].unique().to_list()
    desk.send({NAME: [*GOOD, *people(61, 62), *BAD]})
    assert desk.states() == {"rows": 3, "open": 3, "accepted": 0, "dropped": 0, "replaced": 0}
    assert desk.rows()["first_seen"].unique().to_list() == before
    assert desk.rows()["line_no"].to_list() == [64, 65, 66]


def test_a_file_stopped_for_its_many_rejected_rows_is_loaded_once_they_are_answered(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    bad = people(101, 110, "BPU", upah="-1")
    result = desk.send({NAME: [*GOOD, *bad]})
    assert result["stopped_files"].keys() == {NAME}
    answers = {62 + at: row | {"upah": "2000000"} for at, row in enumerate(bad[:8])}
    result = desk.send({NAME: [*GOOD, *bad], "kepesertaan_jawaban.csv": marked(desk, answers)})
    assert (result["stopped_files"], result["stopped_months"]) == ({}, {})
    assert (desk.active(), desk.states()["open"], desk.states()["accepted"]) == (68, 2, 8)


def test_a_correction_that_drops_rows_settles_them_and_one_that_overrides_accepts_them(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    wrong = [*people(101, 102, "BPU", upah="-1"), *people(103, 103, "BPU", upah="-2")]
    desk.send({NAME: [*GOOD, *wrong]})
    desk.config = tmp_path / "cakupan.toml"
    told = 'kind = "kepesertaan"\nfrom = 2025-01-01\nreason_id = "a"\nreason_en = "b"\ncitation = "c"\n'
    desk.config.write_text(
        f'[[correction]]\nid = "buang"\naction = "drop"\nwhere = "wage_idr = -2"\n{told}'
        f'[[correction]]\nid = "ganti"\naction = "override"\ncolumn = "wage_idr"\nvalue = 5\nwhere = "wage_idr = -1"\n{told}'
    )
    found = replay(desk.home, str(desk.config), say=silent)
    assert found["before"] == {"rows": 3, "open": 3, "accepted": 0, "dropped": 0, "replaced": 0}
    assert found["after"] == {"rows": 3, "open": 0, "accepted": 2, "dropped": 1, "replaced": 0}
    assert [(one["rule"], one["rows"], one["accepted"]) for one in found["resolved"]] == [
        ("correction_buang", 1, 0),
        ("upah_negative", 2, 2),
    ]
    assert desk.active() == 62


def test_a_new_alias_lets_the_rejected_rows_of_a_stopped_file_in(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    desk.send(
        {
            NAME: [
                {("nomor_perusahaan" if name == "npp" else name): value for name, value in row.items()} for row in GOOD
            ]
        }
    )
    assert desk.states()["open"] == 60
    desk.config = tmp_path / "cakupan.toml"
    desk.config.write_text('[sources.semua]\nglob = "*"\naliases = { nomor_perusahaan = "npp" }\n')
    found = replay(desk.home, str(desk.config), NAME, say=silent)
    assert found["after"] == {"rows": 60, "open": 0, "accepted": 60, "dropped": 0, "replaced": 0}
    assert (desk.active(), found["stopped_months"]) == (60, {})


def test_replay_takes_mended_rows_of_a_named_file_and_refuses_others(desk: Desk) -> None:
    folder = write(desk.source.parent / "mended", {"rows.csv": [row | {"upah": "2500000"} for row in BAD[:2]]})
    found = replay(desk.home, None, NAME, folder / "rows.csv", say=silent)
    assert (found["before"]["open"], found["after"]["open"], found["after"]["rows"], desk.active()) == (3, 1, 3, 62)
    stranger = write(desk.source.parent / "mended", {"rows.csv": people(300, 301, "BPU")})
    with pytest.raises(Stop, match="not_rows_of_the_file") as refused:
        replay(desk.home, None, NAME, stranger / "rows.csv", say=silent)
    assert refused.value.rule == "not_rows_of_the_file"
    assert (desk.active(), DAY in str(refused.value)) == (62, False)
