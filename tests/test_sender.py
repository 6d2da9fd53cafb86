"""What a sender is told of a delivery: complete, right, readable without a network, and without a person in it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.cli import main
from flows.quarantine.blame import Blame
from flows.quarantine.list import content_of
from flows.quarantine.state import contents
from flows.senders.html import number, page, percent
from flows.senders.reporting import PARTLY, STOPPED, Example, Found, Report, file_name, report_of, write_reports
from flows.senders.xlsx import sheets
from tests.extracts import kpj, nik, write
from tests.quarantined import DAY, Desk, people
from tests.scanner import Words
from warehouse.ledger import Delivery, Drift, Reason
from warehouse.spreadsheet_writer import write_xlsx

HOSTILE = "kepesertaan_<img src=x onerror=alert(1)>&'.csv"
STOPPED_NAME, WRONG_TOTALS = "kepesertaan_202503.csv", "kepesertaan_202504.csv"
EVIL = "</td></table><script>alert(1)</script>\"'&=1"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes, its text, and whether every tag was closed."""

    def __init__(self, text: str) -> None:
        """Take a page apart."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words, self.open, self.broken = "", list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.words += data + "\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Return a desk that received a file with rejected rows and a control file, a stopped one, and one with wrong totals."""
    found = Desk(tmp_path_factory.mktemp("sender") / "source", tmp_path_factory.mktemp("sender") / "home")
    bad = [*people(101, 101, "BPU", upah="-1"), *people(102, 102, "BPU", upah="-1", tgl_mulai="2030-01-01")]
    later = {"blth": "2025-04", "tgl_data": "2025-04-30"}
    files = {
        HOSTILE: [*people(1, 60), *bad],
        STOPPED_NAME: people(201, 210, upah="-1"),
        WRONG_TOTALS: people(301, 310, **later),
    }
    write(found.source, files)
    for name, rows in ((HOSTILE, 62), (WRONG_TOTALS, 11)):
        with (found.source / name).open(encoding="utf-8", newline="") as source:
            wages = sum(int(row["upah"]) for row in csv.DictReader(source, delimiter=";"))
        (found.source / f"{name}.control.json").write_text(json.dumps({"rows": rows, "sums": {"upah": wages}}))
    assert found.run()["exit_code"] == 4
    return found


def told(desk: Desk, name: str) -> Report:
    """Return the report of a delivery."""
    return report_of(desk.home, content_of(desk.home, name), {})


def made(**changes: Any) -> Report:
    """Return a report in which everything that comes from outside is hostile."""
    delivery = Delivery(EVIL, "kepesertaan", "ab" * 32, 7, "file:///x", "2025-03-01T00:00:00", "run")
    found = Found(Blame("upah_negative", ("upah",), EVIL, EVIL), 1, 0.5, [Example(3, {"upah": EVIL, "nik": None})])
    values: dict[str, Any] = {
        "delivery": delivery, "state": STOPPED, "at": "2025-03-01T00:00:00", "rows": 2, "accepted": 1, "rejected": 1,
        "versions": [("2025-02-01", DAY, 1)], "broken": [found], "warned": [found], "stops": [Reason("r", EVIL, EVIL, EVIL)],
        "totals": [(EVIL, EVIL, "1")], "notes": [EVIL], "drift": [Drift("CAME", EVIL, EVIL, EVIL, EVIL, 4, EVIL)],
        "answers": EVIL, "steps": [(EVIL, EVIL)],
    }  # fmt: skip
    return Report(**values | changes)


def test_every_delivery_of_the_run_has_a_page_and_a_workbook(desk: Desk) -> None:
    runs = list((desk.home.reports / "senders").iterdir())
    names = {path.name for path in runs[0].iterdir()}
    wanted = {file_name(one.judged.delivery) + suffix for one in contents(desk.home) for suffix in (".html", ".xlsx")}
    assert (len(runs), len(names), names) == (1, 6, wanted)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


def test_the_counts_are_those_of_the_file(desk: Desk) -> None:
    found = told(desk, HOSTILE)
    assert (found.state, found.rows, found.accepted, found.rejected) == (PARTLY, 62, 60, 2)
    assert found.versions == (("2025-02-01", DAY, 60),)
    rules = [(one.blame.rule, one.blame.columns, one.rows, round(one.share * 62)) for one in found.broken]
    assert rules == [("upah_negative", ("upah",), 2, 2), ("start_after_as_of", ("tgl_mulai", "tgl_data"), 1, 1)]
    assert [(one.line, dict(one.values)) for one in found.broken[0].examples] == [
        (62, {"upah": "-#"}),
        (63, {"upah": "-#"}),
    ]
    content = (desk.source / HOSTILE).read_bytes()
    assert (found.delivery.sha256, found.delivery.bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_control_totals_show_what_was_declared_and_what_was_found(desk: Desk) -> None:
    good, wrong = told(desk, HOSTILE), told(desk, WRONG_TOTALS)
    assert [(what, stated == measured) for what, stated, measured in good.totals] == [
        ("rows", True),
        ("sum of upah", True),
    ]
    assert wrong.totals[0] == ("rows", "11", "10")
    assert (wrong.state, [one.rule for one in wrong.stops]) == (STOPPED, ["control_total"])
    assert told(desk, STOPPED_NAME).totals == ()
    assert "TIDAK / NO" in page(wrong) and "TIDAK / NO" not in page(good)
    assert "tidak menyertakan berkas kontrol" in page(told(desk, STOPPED_NAME))


def test_a_stopped_file_is_told_why_and_to_come_again_as_a_whole(desk: Desk) -> None:
    found = told(desk, STOPPED_NAME)
    text = Page(page(found)).words
    assert found.state == STOPPED
    assert all(word in text for word in ("DIHENTIKAN", "too_many_rejected", STOPPED_NAME, "10 dari 10 baris"))
    assert "seluruh berkas" in found.steps[0][0]
    assert "Minta berkas perbaikan" in told(desk, HOSTILE).steps[0][0]


def test_what_comes_from_outside_is_text_on_the_page_and_nothing_else() -> None:
    found = Page(page(made()))
    assert (found.open, found.broken) == ([], [])
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "img", "a", "link", "iframe", "form", "object"}
    attributes = {name for _, given in found.tags for name in given}
    assert attributes <= {"class", "lang", "charset", "http-equiv", "content"}
    assert found.words.count(EVIL) >= 12
    assert not re.search(r"https?:|//|url\(|@import|javascript:", page(made()))


def test_what_comes_from_outside_is_text_in_the_workbook_and_calculates_nothing(tmp_path: Path) -> None:
    write_xlsx(
        tmp_path / "a.xlsx",
        sheets(made(delivery=Delivery("=1+1", "=x", "ab" * 32, 7, "", "", ""), notes=["@x", "+1", "-1"])),
    )
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["ringkasan", "ditolak", "peringatan", "susunan"]
    values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"'=1+1", "'@x", "'+1", "'-1"} <= set(values)
    assert not [value for value in values if value.startswith(("=", "+", "-", "@"))]


def test_a_workbook_says_the_same_as_the_page(desk: Desk) -> None:
    found = told(desk, HOSTILE)
    run = next((desk.home.reports / "senders").iterdir())
    book = openpyxl.load_workbook(run / f"{file_name(found.delivery)}.xlsx")
    summary = {str(row[0].value): str(row[1].value) for row in book["ringkasan"].iter_rows(min_row=2)}
    assert (summary["baris masuk / rows in"], summary["diterima / accepted"], summary["ditolak / rejected"]) == (
        "62",
        "60",
        "2",
    )
    assert summary["SHA-256"] == found.delivery.sha256
    assert [row[4].value for row in book["ditolak"].iter_rows(min_row=2)] == ["2", "1"]


def test_nobody_is_in_a_report(desk: Desk) -> None:
    known = [101, 102, *range(201, 211)]
    words = Words([word for one in known for word in (nik(one), kpj(one), kpj(one, "BPU"), f"PEKERJA NOMOR {one}")])
    assert words.in_folder(desk.home.reports) == {}
    assert words.in_folder(desk.home.landing)


def test_only_the_newest_runs_are_kept(desk: Desk) -> None:
    folder = desk.home.reports / "senders"
    mine = next(folder.iterdir()).name
    for old in ("20200101T000000-a", "20200102T000000-b"):
        (folder / old).mkdir()
    write_reports(desk.home, mine, keep=2)
    assert sorted(path.name for path in folder.iterdir()) == ["20200102T000000-b", mine]


def test_the_command_writes_the_report_where_it_is_told(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quarantine", "report", STOPPED_NAME, "--out", str(tmp_path), "--home", str(desk.root), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert sorted(map(Path, listed)) == sorted(tmp_path.iterdir())
    assert main(["quarantine", "report", "kepesertaan_202599.csv", "--home", str(desk.root)]) == 1
    assert "file_unknown" in capsys.readouterr().err


def test_numbers_are_written_as_indonesians_write_them() -> None:
    assert [number(1_234_567), number(None), percent(0.0342)] == ["1.234.567", "–", "3,42%"]
