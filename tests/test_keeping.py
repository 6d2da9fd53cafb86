"""What is kept can be verified, made again from landing, and brought back from a backup."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.cli import main
from flows.keeping.backing_up import backup
from flows.keeping.comparing import compare
from flows.keeping.healing import heal
from flows.keeping.rebuilding import rebuild
from flows.keeping.restoring import drill, restore
from flows.keeping.verifying import verify
from flows.settings import Settings
from tests.extracts import Files
from tests.timeline import CLOSED, MEMBERS, MID, WORKFORCE, bills, employers, load_on, members
from warehouse import commits
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.published import roll_back, versions
from warehouse.store import query

EDITIONS = "SELECT count(*), count(superseded_at), count(DISTINCT run_id) FROM mart.fact_coverage"
NIGHTS: tuple[tuple[date, Files], ...] = (
    (
        date(2025, 5, 1),
        WORKFORCE | members(MID, 20) | members(CLOSED, 30) | bills(CLOSED, 84_000) | employers(CLOSED, 30),
    ),
    (date(2025, 5, 8), members(CLOSED, 12)),
    (date(2025, 5, 15), members(CLOSED, 33) | bills(CLOSED, 60_000)),
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home after three loads that restate a month; what the second one published was taken back."""
    folder = tmp_path_factory.mktemp("keeping")
    home, files = Home(folder / "home"), Files()
    for day, news in NIGHTS:
        files |= news
        assert load_on(day, files, folder / "source", home.root)["exit_code"] == 0
        if day == NIGHTS[1][0]:
            roll_back(home.published, reason="twelve cannot be")
    return home


@pytest.fixture
def copy(story: Home, tmp_path: Path) -> Home:
    """Return a copy of the home, to be damaged."""
    return Home(shutil.copytree(story.root, tmp_path / "copy", symlinks=True))


def flip(path: Path, place: int = -9) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def wrong(home: Home, *, quick: bool = False) -> set[str]:
    """Return what verification finds damaged."""
    return {one.what for one in verify(home, quick=quick) if one.fatal}


def test_the_ledger_names_every_change_and_every_version(story: Home) -> None:
    found = commits.entries(story.ledger)
    assert [one.told.get("month", "-") for one in commits.committed(found)] == ["2025-03-01", "-"] * 3
    assert sorted(commits.published(found)) == versions(story.published)
    assert [one.event for one in found].count(commits.STANDS) == 1
    assert verify(story) and wrong(story) == set() and wrong(story, quick=True) == set()


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("landing/??/*", "landing"), ("landing/deliveries.jsonl", "landing"), ("lake/kepesertaan/*.parquet", "lake"),
        ("lake/verdicts/*.json", "lake"), ("lake/gatings.jsonl", "lake"), ("warehouse.duckdb", "warehouse"),
        ("ledger.jsonl", "warehouse"), ("published/*/cakupan.duckdb", "published"), ("published/*/datapackage.json", "published"),
    ],
)  # fmt: skip
def test_one_flipped_bit_is_found_where_it_is(copy: Home, pattern: str, what: str) -> None:
    flip(sorted(copy.root.glob(pattern))[0])
    assert what in wrong(copy)


def test_a_damaged_lake_file_heals_from_landing_and_the_summary_says_so(copy: Home, tmp_path: Path) -> None:
    for pattern in ("kepesertaan/*.parquet", "facts/*/*.json", "presence/*.parquet"):
        for path in copy.lake.glob(pattern):
            flip(path)
    result = load_on(date(2025, 5, 22), members(CLOSED, 34), tmp_path / "source", copy.root)
    assert result["exit_code"] == 0
    assert len(result["healed"]) >= 2
    assert wrong(copy) == {"lake"} and len(heal(copy)) >= 1 and wrong(copy) == set()
    assert query(copy.current, "SELECT max(active_workers) FROM mart.coverage WHERE region_code = '15.03'").item() == 34


def test_a_damaged_landing_file_is_named_with_its_sender_set_aside_and_taken_again_when_it_is_offered(
    copy: Home, tmp_path: Path
) -> None:
    shutil.rmtree(copy.lake)
    landed = max(copy.landing.glob("??/*"), key=lambda path: path.stat().st_size)
    flip(landed)
    result = load_on(date(2025, 5, 22), employers(CLOSED, 30), tmp_path / "source", copy.root)
    assert [why.split(":")[0] for why in result["stopped_files"][MEMBERS[CLOSED]]] == ["landing_file_damaged"]
    assert "source/" + MEMBERS[CLOSED] in str(result["stopped_files"]) and set(result["stopped_months"]) == {"2025-03"}
    assert landed.with_name(landed.name + ".damaged").exists() and not landed.exists()
    again = load_on(date(2025, 5, 23), NIGHTS[2][1], tmp_path / "source", copy.root)
    assert (again["exit_code"], again["stopped_files"], landed.exists()) == (0, {}, True)


def test_a_crash_between_the_file_and_its_entry_is_settled_by_the_file_that_is_there(copy: Home) -> None:
    lines = copy.ledger.read_bytes().splitlines(keepends=True)
    last = max(place for place, line in enumerate(lines) if b'"event": "committed"' in line)
    copy.ledger.write_bytes(b"".join(lines[:last]) + lines[last][:40])
    assert "entered now" in commits.reconcile(copy.warehouse)
    commits.enter(copy.ledger, commits.PREPARED, {"warehouse": {"bytes": 1, "sha256": "other"}})
    assert "made again" in commits.reconcile(copy.warehouse)
    assert commits.reconcile(copy.warehouse) == "" and wrong(copy) == set()
    flip(copy.warehouse)
    with pytest.raises(Stop, match="warehouse_differs_from_ledger"):
        commits.reconcile(copy.warehouse)


def test_a_damaged_published_version_is_not_let_stand_again_and_is_replaced_by_the_next_run(
    copy: Home, tmp_path: Path
) -> None:
    standing = copy.current.resolve()
    for version in versions(copy.published):
        flip(copy.published / version / "cakupan.duckdb")
    with pytest.raises(Stop, match="version_damaged"):
        roll_back(copy.published)
    load_on(date(2025, 5, 22), NIGHTS[2][1], tmp_path / "source", copy.root)
    assert copy.current.resolve() != standing
    assert not [one for one in verify(copy) if one.fatal and copy.current.resolve().parent.name in one.seen]


def test_a_home_rebuilt_from_landing_in_another_order_equals_it_cell_for_cell(story: Home, tmp_path: Path) -> None:
    new = Home(tmp_path / "new")
    rebuild(story, new, Settings(), backwards=True)
    assert [one.seen for one in compare(story, new) if one.fatal] == []
    assert query(new.current, EDITIONS).row(0) == query(story.current, EDITIONS).row(0)
    assert query(new.current, EDITIONS).row(0)[2] == 3
    assert compare(Home(tmp_path / "gone"), new) == []
    assert wrong(new) == set()
    with pytest.raises(Stop, match="home_not_empty"):
        rebuild(story, new, Settings())


def test_a_backup_comes_back_whole_and_the_next_night_goes_on(copy: Home, tmp_path: Path) -> None:
    backups, restored = tmp_path / "backups", Home(tmp_path / "restored")
    first, second = backup(copy, backups), backup(copy, backups)
    assert first["new_contents"] > 0 and second["new_contents"] == 0
    assert not [path for path in backups.rglob("*") if "pseudonym" in path.name]
    told = restore(backups, restored)
    assert [(one.lake / "gist").exists() for one in (copy, restored)] == [True, False]
    assert told["whole"] and told["key"] == first["key"] and not (restored.root / "keys").exists()
    shutil.copytree(copy.root / "keys", restored.root / "keys")
    result = load_on(date(2025, 5, 22), members(CLOSED, 35), tmp_path / "source", restored.root)
    assert result["exit_code"] == 0 and len(result["months_loaded"]) == 1 and result["healed"] == {}
    assert backup(restored, backups)["new_contents"] < first["new_contents"]
    with pytest.raises(Stop, match="home_not_empty"):
        restore(backups, restored)


def test_a_drill_notices_a_damaged_backup(story: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backups = tmp_path / "backups"
    assert main(["backup", "--home", str(story.root), "--to", str(backups), "--drill", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["drill"]["whole"]
    assert [path.name for path in backups.iterdir()].count("backups") == 1 and not list(backups.glob(".drill*"))
    flip(max(backups.glob("contents/??/*"), key=lambda path: path.stat().st_size))
    with pytest.raises(Stop, match="backup_damaged"):
        drill(backups)


def test_the_command_tells_what_is_damaged_by_its_exit_code(copy: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--home", str(copy.root), "--quick"]) == 0
    os.truncate(copy.warehouse, 10)
    capsys.readouterr()
    assert main(["verify", "--home", str(copy.root), "--quick", "--json"]) == 4
    assert any(one["state"] == "broken" and one["cure"] for one in json.loads(capsys.readouterr().out))
