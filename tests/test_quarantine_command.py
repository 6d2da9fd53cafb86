"""`cakupan quarantine`: what it prints, what it writes and where, what it refuses, and that nobody shows in it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from flows.cli import main
from flows.quarantine.state import contents
from tests.extracts import kpj, nik, rows
from tests.quarantined import Desk, people
from tests.scanner import Words
from warehouse.gatings import gatings

FEBRUARY, MARCH = "bpjs/kepesertaan_202502.csv", "iuran_202503.csv"
BAD = [*people(101, 102, "BPU", upah="-1"), *people(103, 103, "BPU", upah="-1", tgl_mulai="2030-01-01")]
WORDS = [word for one in (101, 102, 103) for word in (nik(one), kpj(one, "BPU"), f"PEKERJA NOMOR {one}")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Return a desk that received two kinds of files with rejected rows."""
    place = tmp_path_factory.mktemp("desk")
    found = Desk(place / "source", place / "home", place / "cakupan.toml")
    receipts = rows(
        "iuran", "| no_bukti |\n" + "\n".join(f"| {one} |" for one in range(30)), blth="2025-03", tgl_data="2025-03-31"
    )
    receipts.append(receipts[0] | {"no_bukti": "x", "jumlah_tk": "-1"})
    (place / "source" / "bpjs").mkdir(parents=True)
    found.config.write_text('[sources.kantor]\nglob = "bpjs/*"\n') if found.config else None
    assert found.send({FEBRUARY: [*people(1, 80), *BAD], MARCH: receipts})["rows_rejected"] == 4
    return found


def asked(desk: Desk, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """Return what the command printed to stdout and to stderr."""
    capsys.readouterr()
    assert main(["quarantine", *arguments, "--home", str(desk.root), "--config", str(desk.config)]) == code
    found = capsys.readouterr()
    return found.out, found.err


def listed(desk: Desk, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[tuple[str, str], int]:
    """Return the rows by file and rule that the list tells of."""
    found = json.loads(asked(desk, capsys, "list", "--json", *arguments)[0])
    assert found["totals"]["rows"] == sum(
        found["totals"][state] for state in ("open", "accepted", "dropped", "replaced")
    )
    return {(one["name"], one["rule"]): one["rows"] for one in found["entries"]}


def test_the_list_tells_rows_by_file_and_rule_and_is_narrowed_by_what_is_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    wage, start, workers = (FEBRUARY, "upah_negative"), (FEBRUARY, "start_after_as_of"), (MARCH, "jumlah_tk_negative")
    assert listed(desk, capsys) == {wage: 3, start: 1, workers: 1}
    assert listed(desk, capsys, "--kind", "iuran") == listed(desk, capsys, "--month", "2025-03") == {workers: 1}
    assert listed(desk, capsys, "--file", "iuran*") == {workers: 1}
    assert listed(desk, capsys, "--source", "kantor") == {wage: 3, start: 1}
    assert listed(desk, capsys, "--source", "nobody") == listed(desk, capsys, "--state", "accepted") == {}
    assert listed(desk, capsys, "--rule", "start_after_as_of") == {wage: 1, start: 1}
    out, _ = asked(desk, capsys, "list")
    assert out.startswith("4 baris pernah ditolak / rows ever rejected = 4 terbuka / open + 0 diterima")
    assert asked(desk, capsys, "list", "--kind", "klaim")[0].startswith("0 baris")


def test_rows_are_shown_with_line_reasons_in_both_languages_and_masked_values(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = asked(desk, capsys, "show", "kepesertaan_202502.csv")
    assert all(f"baris / line {line}: open" in out for line in (82, 83, 84))
    assert "upah_negative: upah kurang dari 0 / upah is below 0" in out
    assert "tanggal mulai setelah tanggal data / the start is after the date of the data" in out
    sha256 = next(one.judged.delivery.sha256 for one in contents(desk.home) if one.judged.delivery.name == FEBRUARY)
    told = json.loads(asked(desk, capsys, "show", sha256[:10], "--rule", "start_after_as_of", "--json")[0])
    assert [(one["line_no"], one["columns"]) for one in told] == [(84, ["upah", "tgl_mulai", "tgl_data"])]
    assert Words(WORDS).in_text(out + json.dumps(told)) == set()


def test_an_export_is_for_its_owner_only_and_never_in_the_home_but_in_the_outbox(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, err = asked(desk, capsys, "export", FEBRUARY)
    path = next((desk.home.landing / "outbox").iterdir())
    assert out.strip() == f"{path}: 3 baris / rows"
    assert "data pribadi" in err
    found = json.loads(asked(desk, capsys, "export", FEBRUARY, "--out", str(tmp_path / "a.csv"), "--json")[0])
    assert found == {"path": str(tmp_path / "a.csv"), "rows": 3}
    assert {stat.S_IMODE(one.stat().st_mode) for one in (path, tmp_path / "a.csv")} == {0o600}
    (tmp_path / "link").symlink_to(desk.home.reports)
    for refused in (desk.root / "a.csv", desk.home.landing / "a.csv", tmp_path / "link" / "a.csv"):
        assert "export_in_home" in asked(desk, capsys, "export", FEBRUARY, "--out", str(refused), code=1)[1]
        assert not refused.exists()
    assert "export_format" in asked(desk, capsys, "export", FEBRUARY, "--out", str(tmp_path / "a.txt"), code=1)[1]
    assert "nothing_open" in asked(desk, capsys, "export", FEBRUARY, "--rule", "nik_format", code=1)[1]


def test_a_name_that_is_not_known_is_refused_with_the_nearest_one(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"({MARCH}?)" in asked(desk, capsys, "show", "iuran_202504.csv", code=1)[1]
    capsys.readouterr()
    assert main(["quarantine", "list", "--home", str(desk.source)]) == 1
    assert "nothing_received" in capsys.readouterr().err


def test_a_replay_without_anything_new_says_so_and_writes_nothing_to_the_journal(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = gatings(desk.home)
    told = json.loads(asked(desk, capsys, "replay", "--json")[0])
    assert (told["before"], told["resolved"]) == (told["after"], [])
    assert gatings(desk.home) == before
    assert [path.name for path in desk.home.landing.glob("replay-*")] == []


def test_nobody_is_found_outside_the_landing_folder_after_all_of_this(desk: Desk) -> None:
    assert Words(WORDS).in_folder(desk.root, without=["landing"]) == {}
    assert set().union(*Words(WORDS).in_folder(desk.home.landing / "outbox").values()) == set(WORDS)
