"""SFTP servers that are not OpenSSH: those that ask for passwords, and those that lie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh import SFTPAttrs, SFTPName, SFTPServer

from flows.receive.background import Background
from flows.receive.remote import Found
from flows.receive.retry import Patience
from flows.receive.sftp import SftpRemote
from flows.sources import SftpAddress
from tests.servers.loopback import HOST
from warehouse.errors import Stop

USER, PASSWORD = "kantor", "sandi-kantor"


class Door(asyncssh.SSHServer):
    """Takes the password, as a password or as the answer to a question."""

    def __init__(self, way: str) -> None:
        self.way = way

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        """Ask everybody."""
        return True

    def password_auth_supported(self) -> bool:
        """Tell whether passwords are taken as such."""
        return self.way == "password"

    def validate_password(self, username: str, password: str) -> bool:
        """Take one user with one password."""
        return (username, password) == (USER, PASSWORD)

    def kbdint_auth_supported(self) -> bool:
        """Tell whether questions are asked."""
        return self.way == "question"

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ARG002
        """Ask for the password."""
        return "", "", "", [("Password:", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        """Take the right answer."""
        return (username, list(responses)) == (USER, [PASSWORD])


class Liar(SFTPServer):
    """Lists names that lead elsewhere, and more of them than anybody has."""

    names: tuple[str, ...] = ()

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:  # noqa: ARG002
        """Yield what no folder holds."""
        for name in self.names:
            yield SFTPName(name.encode(), attrs=SFTPAttrs(size=1, permissions=0o100644, mtime=1))


@contextmanager
def serving(folder: Path, way: str, files: type[SFTPServer] = SFTPServer) -> Iterator[SftpAddress]:
    """Yield the address of a server in this process."""
    key, loop = asyncssh.generate_private_key("ssh-ed25519"), Background()
    loop.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            HOST, 0, server_factory=lambda: Door(way), server_host_keys=[key],
            sftp_factory=lambda channel: files(channel, chroot=str(folder).encode()),
        )  # fmt: skip

    listener = loop.run(listen())
    try:
        yield SftpAddress.model_validate(
            {
                "url": f"sftp://{USER}@{HOST}:{listener.get_port()}/",
                "host_key": key.get_fingerprint(),
                "password": {"env": "KANTOR"},
            }
        )
    finally:
        listener.close()
        loop.stop()


@pytest.mark.parametrize("way", ["password", "question"])
def test_a_password_opens_however_the_server_asks_for_it(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "iuran.csv").write_bytes(b"abc")
    with serving(tmp_path, way) as address:
        monkeypatch.setenv("KANTOR", PASSWORD)
        with SftpRemote(address) as remote:
            (found,) = remote.list()
            assert b"".join(remote.read(found, 1)) == b"bc"
        monkeypatch.setenv("KANTOR", "salah")
        with SftpRemote(address) as remote, pytest.raises(Stop, match="login_refused"):
            remote.list()


def test_a_path_may_begin_at_the_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANTOR", PASSWORD)
    (tmp_path / "keluar").mkdir()
    (tmp_path / "keluar" / "iuran.csv").write_bytes(b"abc")
    with serving(tmp_path, "password") as address:
        for path, name in (("~", "keluar/iuran.csv"), ("~/keluar", "iuran.csv"), ("keluar/", "iuran.csv")):
            with SftpRemote(address.model_copy(update={"url": address.url + path})) as remote:
                (found,) = remote.list()
                assert (found.name, b"".join(remote.read(found, 0))) == (name, b"abc")


def test_a_listing_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANTOR", PASSWORD)
    monkeypatch.setattr("flows.receive.sftp.MOST_FILES", 50)
    monkeypatch.setattr(Liar, "names", tuple(f"{number}.csv" for number in range(51)))
    refused = pytest.raises(Stop, match="listing_too_large")
    with serving(tmp_path, "password", Liar) as address, SftpRemote(address) as remote, refused:
        remote.list()


def test_a_file_that_is_longer_than_its_listing_gives_no_more_bytes_than_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANTOR", PASSWORD)
    (tmp_path / "iuran.csv").write_bytes(b"abcdef")
    with serving(tmp_path, "password") as address, SftpRemote(address) as remote:
        assert b"".join(remote.read(Found("iuran.csv", 4, "1"), 0)) == b"abcd"
        assert b"".join(remote.read(Found("iuran.csv", None, "1"), 0)) == b"abcdef"
        assert b"".join(remote.read(Found("iuran.csv", 9, "1"), 0)) == b"abcdef"


def test_a_server_that_says_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setenv("KANTOR", PASSWORD)
    with socket.create_server((HOST, 0)) as mute:
        address = SftpAddress.model_validate(
            {
                "url": f"sftp://{USER}@{HOST}:{mute.getsockname()[1]}/", "host_key": "SHA256:" + "a" * 43,
                "password": {"env": "KANTOR"}, "timeout_seconds": 0.3,
            }
        )  # fmt: skip
        with SftpRemote(address) as remote, pytest.raises(Stop, match="connection_lost"):
            Patience(1, sleep=lambda _: None).persist(remote.list)
