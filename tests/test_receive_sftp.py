"""SFTP against a real OpenSSH server: what comes, whom we trust, and what happens when it breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from flows.receive import partial
from flows.receive.landing import Landed, Landing
from flows.receive.remote import Found
from flows.receive.retry import Patience
from flows.receive.sftp import SftpRemote
from flows.sources import SftpAddress
from tests.endtoend import ROOT
from tests.servers.loopback import HOST, free_port
from tests.servers.openssh import Server, children, wait_until_nobody_is_served
from warehouse.errors import Stop
from warehouse.home import Home

MIB = 1 << 20
LARGE = Random(2).randbytes(24 * MIB)
KILLED_RECEPTION = """
import os, signal, sys
from flows.receive import partial
from flows.receive.landing import Landing
from flows.receive.sftp import SftpRemote
from flows.sources import SftpAddress
from warehouse.home import Home
from pathlib import Path

partial.CHECKPOINT_BYTES = 1 << 20
home = Home(Path(sys.argv[1]))

def die(self, size):
    if size > 10 << 20:
        os.kill(os.getpid(), signal.SIGKILL)

partial.Partial.append, append = (lambda self, piece: (append(self, piece), die(self, self.size))), partial.Partial.append
with SftpRemote(SftpAddress.model_validate_json(sys.argv[2])) as remote:
    Landing(home, "kantor", remote).bring(remote.list()[0])
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def bring(home: Home, remote: SftpRemote, name: str = "iuran.csv", retries: int = 3) -> Landed:
    """Return how a file came, without waiting between the tries."""
    (found,) = [one for one in remote.list() if one.name == name]
    return Landing(home, "kantor", remote, Patience(retries, sleep=lambda _: None)).bring(found)


class Watched(SftpRemote):
    """A remote that remembers what was asked for, and does something when so many bytes came."""

    def __init__(self, settings: SftpAddress, at: int, happens: object) -> None:
        super().__init__(settings)
        self.at, self.happens = at, happens
        self.asked: list[int] = []
        self.came = 0

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes, and let it happen once."""
        self.asked.append(offset)
        for piece in super().read(found, offset):
            self.came += len(piece)
            yield piece
            if self.came >= self.at and callable(self.happens):
                happens, self.happens = self.happens, None
                happens()


def test_files_are_found_at_any_depth_with_their_size_and_come_as_they_are(served: Server, home: Home) -> None:
    served.put("2025/03/iuran.csv", b"a,b\n")
    served.put("umk.csv", b"")
    served.put(".hidden.csv", b"x")
    with SftpRemote(served.address()) as remote:
        found = remote.list()
        assert [(one.name, one.size, one.strong) for one in found] == [
            ("2025/03/iuran.csv", 4, False),
            ("umk.csv", 0, False),
        ]
        assert [remote.look(one) for one in found] == found
        for one in found:
            came = Landing(home, "kantor", remote).bring(one)
            assert home.landed(came.sha256).read_bytes() == (served.files / one.name).read_bytes()
        assert remote.address("2025/a b.csv") == f"{served.url}/2025/a%20b.csv"


def test_a_large_file_comes_in_parallel_blocks_in_their_order(served: Server, home: Home) -> None:
    served.put("iuran.csv", LARGE)
    with SftpRemote(served.address()) as remote:
        assert home.landed(bring(home, remote).sha256).read_bytes() == LARGE


def test_links_to_files_are_followed_and_links_to_folders_are_not(served: Server) -> None:
    served.put("a/iuran.csv", b"abc")
    (served.files / "link.csv").symlink_to("a/iuran.csv")
    (served.files / "loop").symlink_to(".")
    (served.files / "nowhere.csv").symlink_to("gone")
    with SftpRemote(served.address()) as remote:
        assert [(one.name, one.size) for one in remote.list()] == [("a/iuran.csv", 3), ("link.csv", 3)]


def test_a_connection_cut_in_the_middle_of_a_file_goes_on_where_it_broke(served: Server, home: Home) -> None:
    served.put("iuran.csv", LARGE)
    with Watched(served.address(), 5 * MIB, served.cut) as remote:
        came = bring(home, remote)
    assert home.landed(came.sha256).read_bytes() == LARGE
    assert (came.tries, len(remote.asked), remote.came) == (2, 2, len(LARGE))
    assert 5 * MIB <= remote.asked[1] < len(LARGE)


def test_a_reception_that_was_killed_is_taken_up_by_the_next_one(
    served: Server, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.put("iuran.csv", LARGE)
    command = [sys.executable, "-c", KILLED_RECEPTION, str(home.root), served.address().model_dump_json()]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    home.sweep()
    monkeypatch.setattr(partial, "CHECKPOINT_BYTES", MIB)
    with Watched(served.address(), 1 << 60, None) as remote:
        came = bring(home, remote)
    assert home.landed(came.sha256).read_bytes() == LARGE
    assert (remote.asked[0] >= 9 * MIB, remote.came) == (True, len(LARGE) - remote.asked[0])


def test_a_file_that_grows_while_it_is_read_is_read_again_whole(served: Server, home: Home) -> None:
    path = served.put("iuran.csv", LARGE[: 8 * MIB])

    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with Watched(served.address(), MIB, grow) as remote:
        came = bring(home, remote)
    assert home.landed(came.sha256).read_bytes() == LARGE[: 8 * MIB] + b"more"
    assert remote.asked == [0, 0]


def test_a_file_that_is_replaced_and_one_that_shrinks_are_noticed(served: Server, home: Home) -> None:
    path = served.put("iuran.csv", LARGE)
    os.utime(path, (1, 1))
    with Watched(served.address(), MIB, lambda: served.put("iuran.csv", LARGE[:MIB])) as remote:
        assert home.landed(bring(home, remote).sha256).read_bytes() == LARGE[:MIB]


def test_a_file_that_is_taken_away_is_refused(served: Server, home: Home) -> None:
    path = served.put("iuran.csv", LARGE)
    with Watched(served.address(), MIB, path.unlink) as remote, pytest.raises(Stop, match="file_vanished"):
        bring(home, remote)
    assert not list(home.landing.glob("??/*"))


def test_a_file_that_we_may_not_read_is_named(served: Server, home: Home) -> None:
    served.put("iuran.csv", b"a").chmod(0o000)
    with SftpRemote(served.address()) as remote, pytest.raises(Stop, match=r"permission_denied.*iuran\.csv"):
        bring(home, remote)


def test_a_folder_that_we_may_not_list_is_no_empty_folder(served: Server) -> None:
    served.put("inner/iuran.csv", b"a")
    (served.files / "inner").chmod(0o700)
    with SftpRemote(served.address()) as remote, pytest.raises(Stop, match="permission_denied"):
        remote.list()
    (served.files / "inner").chmod(0o755)


def test_a_folder_that_is_not_there_is_no_empty_folder(served: Server) -> None:
    with pytest.raises(Stop, match="folder_missing"), SftpRemote(served.address(url=f"{served.url}/absent")) as remote:
        Patience(0).persist(remote.list)


def test_a_server_that_is_away_is_tried_a_bounded_number_of_times() -> None:
    waits: list[float] = []
    settings = SftpAddress(
        url=f"sftp://u@{HOST}:{free_port()}/",
        host_key=("SHA256:" + "a" * 43,),
        password={"env": "HOME"},  # type: ignore[arg-type]
    )
    with SftpRemote(settings) as remote, pytest.raises(Stop, match=r"connection_lost.*tried 3 times"):
        Patience(2, sleep=waits.append).persist(remote.list)
    assert len(waits) == 2


def test_a_host_that_nobody_knows_is_not_tried_again() -> None:
    settings = SftpAddress(url="sftp://u@host.invalid/", host_key=("SHA256:" + "a" * 43,), password={"env": "HOME"})  # type: ignore[arg-type]
    with SftpRemote(settings) as remote, pytest.raises(Stop, match="host_unknown"):
        remote.list()


def test_nobody_is_served_any_more_when_a_reception_ends(served: Server) -> None:
    served.put("iuran.csv", LARGE)
    with SftpRemote(served.address()) as remote:
        next(remote.read(remote.list()[0], 0))
        assert any(children(pid) for pid in served.pids)
    wait_until_nobody_is_served(served)
