"""What a killed process leaves beside its files, and who removes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.publishing.remembered import Memory
from transforms.disclosure import Protection
from warehouse.errors import Stop
from warehouse.files import abandoned
from warehouse.home import Home

WRITES = """
import os, sys
from pathlib import Path
from warehouse.files import placed
with placed(Path(sys.argv[1])) as beside:
    beside.write_text("half")
    os.kill(os.getpid(), 9)
"""


def killed_while_writing(target: Path) -> list[Path]:
    subprocess.run([sys.executable, "-c", WRITES, target], check=False)
    return sorted(target.parent.glob(".*"))


def test_what_a_killed_process_left_is_known_from_what_a_living_one_writes(tmp_path: Path) -> None:
    left = killed_while_writing(tmp_path / "list.json")
    assert len(left) == 1
    (tmp_path / f".list.json.{os.getpid()}.0123abcd").touch()
    (tmp_path / ".lock").touch()
    assert abandoned(tmp_path) == left


def test_a_sweep_removes_it_from_manifests_and_from_the_folder_of_the_watch(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    for place in (home.landing / "manifests", home.watch):
        assert killed_while_writing(place / "list.json")
    home.sweep()
    assert [path for path in home.root.rglob(".*") if "list" in path.name] == []


def test_the_next_publishing_removes_it_from_beside_the_list_of_hidden_cells(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    assert killed_while_writing(home.disclosure)
    Memory.of(home, Protection(10, 10))
    assert [path for path in home.root.glob(".*") if path.is_file()] == []


def test_a_link_that_was_not_swapped_is_no_planted_one_and_is_swept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    (home.published / "v1").mkdir()
    for link in (home.published / ".current.93a87dbe", home.root / ".site.0a1b2c3d"):
        link.symlink_to("v1")
    home.require_no_links()
    home.sweep()
    assert [path.name for path in home.root.rglob(".*") if path.is_symlink()] == []
    (home.published / ".other.93a87dbe").symlink_to("v1")
    with pytest.raises(Stop, match="link_in_home"):
        home.require_no_links()
