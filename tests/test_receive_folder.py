"""Extracts in a folder of this machine: what is read again, what is not, and what may not be read at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam

import pytest

from flows.receive import folder as folder_of_machine
from flows.receive.folder import CHUNK, FolderRemote
from flows.receive.landing import Landing
from flows.receive.receiving import receive
from flows.receive.remote import Found
from flows.receive.retry import Patience
from flows.settings import Settings
from flows.sources import FileAddress
from warehouse import ledger
from warehouse.errors import Stop
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def test_a_folder_by_url_is_read_and_a_link_out_of_it_is_refused(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "kiriman 2025"
    folder.mkdir()
    (folder / "iuran.csv").write_bytes(b"a")
    (folder / "umk.csv").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_bytes(b"secret")
    told = Settings.model_validate({"sources": {"kantor": {"url": folder.as_uri()}}})
    found = receive(home, None, told, "run")
    assert found.arrived == ["kantor/iuran.csv"]
    assert found.failed["kantor/umk.csv"][0].startswith("link_leads_out")
    assert [one.uri for one in ledger.deliveries(home)] == [(folder / "iuran.csv").as_uri()]


@pytest.mark.parametrize(("settled_seconds", "read_again"), [(-1, False), (3600, True)])
def test_a_file_of_a_folder_is_read_again_only_where_it_may_have_been_written_since(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled_seconds: int, read_again: bool
) -> None:
    monkeypatch.setattr(folder_of_machine, "SETTLED_SECONDS", settled_seconds)
    source, read, whole = tmp_path / "source", list[str](), FolderRemote.read
    source.mkdir()

    def noted(remote: FolderRemote, found: Found, offset: int) -> Iterator[bytes]:
        read.append(found.name)
        return whole(remote, found, offset)

    monkeypatch.setattr(FolderRemote, "read", noted)
    for name in ("iuran.csv", "umk.csv"):
        (source / name).write_bytes(b"a" + name.encode())
    receive(home, source, Settings(), "run")
    read.clear()
    found = receive(home, source, Settings(), "again")
    assert (sorted(read), found.names, found.arrived) == (
        ["iuran.csv", "umk.csv"] if read_again else [], ["iuran.csv", "umk.csv"], [],
    )  # fmt: skip
    read.clear()
    state = (source / "umk.csv").stat()
    (source / "umk.csv").write_bytes(b"bumk.csv")
    os.utime(source / "umk.csv", ns=(state.st_atime_ns, state.st_mtime_ns))
    assert receive(home, source, Settings(), "third").arrived == ["umk.csv"]
    assert "umk.csv" in read


def test_a_file_of_a_folder_that_is_replaced_while_it_is_read_is_read_again(home: Home, tmp_path: Path) -> None:
    old, new = bytes(3 * CHUNK), b"new" * CHUNK
    (tmp_path / "iuran.csv").write_bytes(old)
    (tmp_path / "beside").write_bytes(new)
    os.utime(tmp_path / "beside", (1, 1))
    os.utime(tmp_path / "iuran.csv", (1, 1))

    class Watched(FolderRemote):
        def read(self, found: Found, offset: int) -> Iterator[bytes]:
            for piece in super().read(found, offset):
                yield piece
                if (tmp_path / "beside").exists():
                    (tmp_path / "beside").replace(tmp_path / "iuran.csv")

    remote = Watched(FileAddress(url=tmp_path.as_uri()))
    (found,) = [one for one in remote.list() if one.name == "iuran.csv"]
    came = Landing(home, "", remote, Patience(sleep=lambda _: None)).bring(found)
    assert home.landed(came.sha256).read_bytes() == new


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who is not root, who may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_and_a_file_of_it_that_we_may_not_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "iuran.csv").write_bytes(b"a")
    remote = FolderRemote(FileAddress(url=tmp_path.as_uri()))
    (found,) = remote.list()
    (tmp_path / "iuran.csv").chmod(0)
    with nobody(), pytest.raises(Stop, match="permission_denied"):
        list(remote.read(found, 0))
    tmp_path.chmod(0)
    with nobody(), pytest.raises(Stop, match="permission_denied"):
        remote.list()
    tmp_path.chmod(0o700)
