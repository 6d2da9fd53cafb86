"""Who may read and write what a load leaves; links are refused where they were planted; the doctor names what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.entry import load_folder
from flows.running.doctor import examine
from flows.running.findings import State
from tests.endtoend import ROOT, start
from tests.extracts import memberships, write
from warehouse.errors import Stop
from warehouse.home import Home

ONE = {"kepesertaan_202502.csv": memberships("2025-02", "2025-02-28", "| orang | segmen |\n| 1-3 | PU |")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home that was loaded by the command, called with an open umask."""
    place = tmp_path_factory.mktemp("modes")
    before = os.umask(0)
    try:
        running = start(write(place / "source", ONE), place / "home", "--plain")
        said = running.communicate(timeout=240)
    finally:
        os.umask(before)
    assert running.returncode == 0, said
    return Home(place / "home")


@pytest.fixture
def copied(home: Home, tmp_path: Path) -> Home:
    """Return a copy of the home, to do harm to."""
    shutil.copytree(home.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def modes(home: Home, of: Callable[[Path], bool]) -> dict[str, set[str]]:
    """Return the modes of files or folders by the first folder they lie in."""
    found: dict[str, set[str]] = {}
    for path in [home.root, *home.root.rglob("*")]:
        if not path.is_symlink() and of(path):
            top = path.relative_to(home.root).parts[:1]
            found.setdefault(top[0] if top else ".", set()).add(f"{stat.S_IMODE(path.stat().st_mode):o}")
    return found


def test_files_and_folders_have_the_modes_that_are_promised(home: Home) -> None:
    folders, files = modes(home, Path.is_dir), modes(home, Path.is_file)
    assert {mode for top, found in folders.items() if top != "keys" for mode in found} == {"750"}
    assert (folders["keys"], files["keys"]) == ({"700"}, {"600"})
    assert files["published"] == {"444", "640"}
    assert files["landing"] <= {"440", "640"}
    assert files["watch"] <= {"640", "644"}
    assert {mode for top in ("lake", "reports", "runs", "warehouse.duckdb") for mode in files[top]} == {"640"}


def test_only_what_is_noted_beside_the_versions_may_be_written_there(home: Home) -> None:
    versions = [path for path in home.published.rglob("*") if path.is_file() and path.parent != home.published]
    assert {f"{stat.S_IMODE(path.stat().st_mode):o}" for path in versions} == {"444"}


PLACES = [
    "landing", "lake", "published", "reports", "runs", "keys", "warehouse.duckdb", "landing/ab", "landing/.incoming-x",
    "lake/kepesertaan", "lake/verdicts/a.json", "reports/data_docs", "published/other", "runs/a.jsonl",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_link_planted_in_the_home_stops_a_load_before_anything_is_written(
    place: str, copied: Home, tmp_path: Path
) -> None:
    outside, link = tmp_path / "outside", copied.root / place
    outside.mkdir()
    (outside / "mine").write_text("as it was")
    if link.is_dir():
        link.rename(tmp_path / "away")
    link.unlink(missing_ok=True)
    link.symlink_to(outside if "." not in place else outside / "mine")
    with pytest.raises(Stop, match="link_in_home"):
        load_folder(str(tmp_path), str(copied.root))
    assert [path.read_text() for path in outside.rglob("*")] == ["as it was"]


@pytest.mark.parametrize("name", ["Jambi [1]", "apa?", "2025*"])
def test_a_home_whose_path_engines_would_take_for_a_pattern_is_refused_before_anything_is_made(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(Stop, match="home_is_a_pattern"):
        load_folder(str(tmp_path), str(tmp_path / name / "home"))
    assert not (tmp_path / name).exists()


def test_a_version_that_leads_out_of_the_home_stops_a_load(copied: Home, tmp_path: Path) -> None:
    current = copied.published / "current"
    current.unlink()
    current.symlink_to(f"../../{tmp_path.name}")
    with pytest.raises(Stop, match="link_in_home"):
        load_folder(str(tmp_path), str(copied.root))


@pytest.mark.parametrize("name", ["published/current", "site"])
def test_a_home_that_was_copied_with_folders_for_its_links_is_refused_and_loads_once_they_are_gone(
    copied: Home, tmp_path: Path, name: str
) -> None:
    place = copied.root / name
    shown = place.resolve() if place.exists() else copied.published
    place.unlink(missing_ok=True)
    shutil.copytree(shown, place)
    with pytest.raises(Stop, match="link_was_copied"):
        load_folder(str(tmp_path), str(copied.root))
    shutil.rmtree(place)
    (source := tmp_path / "source").mkdir()
    load_folder(str(source), str(copied.root))
    assert copied.current.exists()


def test_a_hard_link_is_not_written_through(copied: Home, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(copied.warehouse.read_bytes())
    copied.warehouse.unlink()
    copied.warehouse.hardlink_to(victim)
    before = victim.read_bytes()
    more = {"kepesertaan_202503.csv": memberships("2025-03", "2025-03-16", "| orang | segmen |\n| 1-3 | PU |")}
    load_folder(str(write(tmp_path / "source", more)), str(copied.root))
    assert victim.read_bytes() == before
    assert copied.warehouse.stat().st_nlink == 1


def test_a_load_closes_what_was_opened(copied: Home) -> None:
    for folder in (copied.landing, copied.lake, copied.runs, copied.root / "keys"):
        folder.chmod(0o777)
    copied.create()
    assert {f"{stat.S_IMODE(folder.stat().st_mode):o}" for folder in (copied.landing, copied.lake, copied.runs)} == {
        "750"
    }


HARM: dict[str, tuple[Callable[[Home], object], str]] = {
    "others in the home": (lambda home: home.root.chmod(0o755), "chmod o="),
    "the group writes the lake": (lambda home: home.lake.chmod(0o770), "chmod g-w"),
    "others read a file": (lambda home: next(home.lake.rglob("*.parquet")).chmod(0o644), "chmod -R g-w,o="),
    "a published file may be written": (lambda home: home.current.chmod(0o644), "chmod a-w"),
    "keys are open": (lambda home: (home.root / "keys").chmod(0o750), "chmod 700"),
    "a link": (lambda home: (home.lake / "x").symlink_to("/"), "mount it there"),
}


def test_the_doctor_is_content_with_what_a_load_leaves(home: Home) -> None:
    assert [one.state for one in examine(home.root, None) if one.what == "permissions"] == [State.FINE]


@pytest.mark.parametrize("harm", HARM)
def test_the_doctor_names_what_is_open_and_the_cure(harm: str, copied: Home) -> None:
    does, cure = HARM[harm]
    does(copied)
    found = [one for one in examine(copied.root, None) if one.what == "permissions"]
    assert [one.state is not State.FINE for one in found] == [True]
    assert cure in found[0].cure


def test_the_roles_of_readers_get_nothing_but_reading() -> None:
    granted = [
        line.split("GRANT", 1)[1].split(" ON ", 1)[0].strip()
        for file in (ROOT / "flows" / "publishing").rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "GRANT" in line and " ON " in line
    ]
    assert sorted(granted) == ["CONNECT", "CONNECT, CREATE", "SELECT", "USAGE"]
