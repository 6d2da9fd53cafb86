"""What several test files share: one small warehouse, loaded once."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.entry import load_folder
from flows.publishing.publishing import publish_home
from flows.publishing.threshold import DisclosureSettings
from flows.settings import Settings
from tests import cookbook
from tests.servers.authority import Authority
from tests.servers.https import CONTENT, PATH, Portal, portal
from tests.servers.openssh import Server, openssh
from warehouse.home import Home
from warehouse.synthetic import Plan, write

os.environ.setdefault("CAKUPAN_DISCLOSURE_THRESHOLD", "1")
"""The worlds of the tests are small: what is hidden of small counts is tested where it is asked for (`test_disclosing.py`)."""

MONTHS = (date(2025, 2, 1), date(2025, 3, 1))
HIDING = Settings(disclosure=DisclosureSettings(threshold=10, width=10))
Loaded = tuple[Path, Path]


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of a name that `make` fills once in a run of the tests, whichever worker asks first."""
    base = temporary.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / ".made").open("a+", encoding="utf-8") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        if made.seek(0, os.SEEK_END) == 0:
            make(folder)
            made.write("made")
    return folder


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return a home with Jambi in February and March 2025, a worker's own copy, and the folder of its extracts."""

    def make(folder: Path) -> None:
        write(Plan(folder / "extracts", MONTHS, workers=2_000))
        load_folder(str(folder / "extracts"), str(folder / "home"))

    made = made_once(tmp_path_factory, "loaded", make)
    own = shutil.copytree(made / "home", tmp_path_factory.mktemp("loaded") / "home", symlinks=True)
    return own, made / "extracts"


@pytest.fixture(scope="session")
def hiding_home(loaded_home: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return that home, published such that counts of fewer than ten persons are hidden. It is read, never changed."""

    def make(folder: Path) -> None:
        shutil.copytree(loaded_home[0], folder / "home", symlinks=True)
        publish_home(Home(folder / "home"), HIDING, "20990101T000000-hiding")

    return Home(made_once(tmp_path_factory, "hiding", make) / "home")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the homes of the cookbook."""
    return made_once(tmp_path_factory, "demonstration", cookbook.build)


@pytest.fixture(scope="session")
def openssh_server() -> Iterator[Server]:
    """Return a running OpenSSH server."""
    with openssh() as made, made.running():
        yield made


@pytest.fixture
def served(openssh_server: Server) -> Server:
    """Return the running OpenSSH server with no file."""
    openssh_server.empty()
    return openssh_server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a certificate authority of our own."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def portal_server(authority: Authority) -> Iterator[Portal]:
    """Return a running web server."""
    with portal(authority) as made:
        yield made


@pytest.fixture
def web(portal_server: Portal) -> Portal:
    """Return the running web server with one file below /data/, and no faults."""
    portal_server.forget()
    portal_server.documents[PATH] = CONTENT
    return portal_server


@pytest.fixture
def watched_home(tmp_path: Path) -> Home:
    """Return a home without a run."""
    place = Home(tmp_path)
    place.create()
    return place
