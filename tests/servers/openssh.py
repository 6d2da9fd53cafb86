"""A real OpenSSH server on loopback that serves a folder by SFTP, to a user who is not root, with the faults of real ones."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pwd import getpwnam, getpwuid
from tempfile import TemporaryDirectory

import asyncssh

from flows.sources import SftpAddress
from tests.servers.loopback import HOST, free_port, process

CURE = "`make servers` installs OpenSSH / memasang OpenSSH"
PLACES = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
UNPRIVILEGED = "nobody"
CONFIG = """
Port {port}
ListenAddress {host}
HostKey {key}
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM yes
KbdInteractiveAuthentication no
PasswordAuthentication yes
Subsystem sftp internal-sftp
"""


@dataclass
class Server:
    """A running server. Files in `files` are at `url`; `key_file` opens it, `known_hosts` vouches for it."""

    folder: Path
    port: int
    user: str
    pids: list[int] = field(default_factory=list)

    @property
    def files(self) -> Path:
        """Return the folder that is served."""
        return self.folder / "files"

    @property
    def url(self) -> str:
        """Return where the folder is served."""
        return f"sftp://{self.user}@{HOST}:{self.port}{self.files}"

    @property
    def key_file(self) -> Path:
        """Return the key of the user who may log in."""
        return self.folder / "user_key"

    @property
    def known_hosts(self) -> Path:
        """Return a file that vouches for the key that the server had at first."""
        return self.folder / "known_hosts"

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the key that the server shows now."""
        return asyncssh.read_public_key(str(self.folder / "host_key.pub")).get_fingerprint()

    def address(self, **more: object) -> SftpAddress:
        """Return how the server is reached and trusted, with more settings or others."""
        trust = {} if more.keys() & {"known_hosts", "host_key"} else {"host_key": self.fingerprint}
        login = {} if "password" in more else {"key_file": self.key_file}
        return SftpAddress.model_validate({"url": self.url, "timeout_seconds": 20} | trust | login | more)

    def empty(self) -> None:
        """Take away every file."""
        shutil.rmtree(self.files)
        self.files.mkdir()
        _open_to_all(self.files)

    def put(self, name: str, content: bytes) -> Path:
        """Return a file that is served, readable by the server's user."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        _open_to_all(path, *(folder for folder in path.parents if folder.is_relative_to(self.files)))
        return path

    def cut(self) -> None:
        """Cut every connection that stands: kill the processes that serve them; the server itself goes on."""
        for pid in self.pids:
            for child in children(pid):
                os.kill(child, signal.SIGKILL)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve until the end of the block."""
        config = self.folder / "sshd_config"
        config.write_text(CONFIG.format(port=self.port, host=HOST, key=self.folder / "host_key", folder=self.folder))
        _open_to_all(config)
        with process(
            [*_as_user(self.user), sshd(), "-D", "-e", "-f", str(config)], self.port, self.folder / "log"
        ) as one:
            self.pids = [one.pid]
            try:
                yield
            finally:
                self.cut()
                self.pids = []

    def change_host_key(self) -> None:
        """Give the server, which is not running, another key."""
        _write_key(self.folder / "host_key", self.user)


@contextmanager
def openssh() -> Iterator[Server]:
    """Yield a server that is not running yet, in a folder of its own."""
    user = UNPRIVILEGED if os.geteuid() == 0 else getpwuid(os.geteuid()).pw_name
    with TemporaryDirectory(prefix="openssh-") as place:
        made = Server(Path(place), free_port(), user)
        made.files.mkdir()
        _write_key(made.key_file, "")
        shutil.copy(made.key_file.with_suffix(".pub"), made.folder / "authorized_keys")
        made.change_host_key()
        shown = (made.folder / "host_key.pub").read_text(encoding="utf-8")
        made.known_hosts.write_text(f"[{HOST}]:{made.port} {shown}", encoding="utf-8")
        _open_to_all(made.folder, made.files, made.folder / "authorized_keys")
        yield made


def _open_to_all(*paths: Path) -> None:
    """Let the server's user read, whatever the umask of the tests is."""
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)


def sshd() -> str:
    """Return the path of the server, which must be called by it."""
    found = shutil.which("sshd", path=os.environ["PATH"] + os.pathsep + PLACES)
    assert found, f"sshd is missing: {CURE}"
    return found


def children(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    mine = [int(one) for one in listed.read_text().split()] if listed.exists() else []
    return mine + [child for one in mine for child in children(one)]


def wait_until_nobody_is_served(server: Server) -> None:
    """Return when no connection stands any more."""
    until = time.monotonic() + 20
    while any(children(pid) for pid in server.pids):
        assert time.monotonic() < until
        time.sleep(0.02)


def _write_key(path: Path, owner: str) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path.unlink(missing_ok=True)
    key.write_private_key(str(path))
    key.write_public_key(str(path.with_suffix(".pub")))
    path.chmod(0o600)
    if owner and os.geteuid() == 0:
        shutil.chown(path, owner)


def _as_user(user: str) -> list[str]:
    if os.geteuid() != 0:
        return []
    account = getpwnam(user)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
