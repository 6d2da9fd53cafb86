"""What several test files share: one small warehouse, loaded once."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

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
Loaded = tuple[Path, Path, dict[str, Any]]


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return a home with Jambi in February and March 2025, the folder of its extracts, and the result of the load."""
    folder = tmp_path_factory.mktemp("loaded")
    home, extracts = folder / "home", folder / "extracts"
    write(Plan(extracts, MONTHS, workers=2_000))
    return home, extracts, load_folder(str(extracts), str(home))


@pytest.fixture(scope="session")
def hiding_home(loaded_home: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return that home, published such that counts of fewer than ten persons are hidden. It is read, never changed."""
    place = tmp_path_factory.mktemp("hiding") / "home"
    shutil.copytree(loaded_home[0], place, symlinks=True)
    publish_home(Home(place), HIDING, "20990101T000000-hiding")
    return Home(place)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the homes of the cookbook, made once in a run of the tests, whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    folder.mkdir(exist_ok=True)
    with (folder / ".made").open("a+", encoding="utf-8") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        if made.seek(0, os.SEEK_END) == 0:
            cookbook.build(folder)
            made.write("made")
    return folder


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
