"""A real PostgreSQL cluster on loopback, made for the tests: TLS by our own authority, passwords, roles and faults."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers.authority import Authority
from tests.servers.loopback import HOST, free_port, wait_until_it_listens

CURE = "`make servers` installs PostgreSQL / memasang PostgreSQL"
PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
CONFIG = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
ssl = on
fsync = off
max_connections = 20
shared_buffers = 16MB
log_min_messages = fatal
"""
ACCESS = """
hostssl all all 127.0.0.1/32 scram-sha-256
hostnossl all all 127.0.0.1/32 reject
"""
NEEDED = ("initdb", "pg_isready", "postgres", "psql")
OWNER = "pemilik"


@dataclass
class Database:
    """A running cluster with the superuser `pemilik`."""

    bin: Path
    data: Path
    port: int
    ca: Path
    password: str
    running: subprocess.Popen[bytes] | None = None

    def say(self, sql: str) -> str:
        """Return what psql prints for these statements, run as the superuser."""
        environment = {**os.environ, "PGPASSWORD": self.password, "PGSSLMODE": "require"}
        command = [str(self.bin / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", HOST, "-p", str(self.port)]
        said = subprocess.run(
            [*command, "-U", OWNER, "-d", "postgres"], input=sql, env=environment, capture_output=True, text=True
        )
        if said.returncode:
            raise RuntimeError(said.stderr)
        return said.stdout.strip()

    def show(self, certificate: tuple[Path, Path]) -> None:
        """Show this certificate, with this key, to every connection to come."""
        for shown, name in zip(certificate, ("server.crt", "server.key"), strict=True):
            target = self.data / name
            target.write_bytes(shown.read_bytes())
            target.chmod(0o600)
            _hand_over(target)
        if self.running is not None:
            self.running.send_signal(signal.SIGHUP)

    def start(self) -> None:
        """Start the cluster and wait until it answers."""
        log = self.data / "log"
        command = _as_postgres(str(self.bin / "postgres"), "-D", str(self.data), "-p", str(self.port))
        with log.open("ab") as talk:
            self.running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=talk, stderr=talk, cwd="/")
        wait_until_it_listens(self.port, self.running, log)
        asked = [str(self.bin / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        while subprocess.run(asked).returncode:
            time.sleep(0.05)

    def stop(self) -> None:
        """End the cluster at once, as a crash would."""
        if self.running is not None:
            self.running.send_signal(signal.SIGQUIT)
            self.running.wait(timeout=30)


@contextmanager
def database(authority: Authority) -> Iterator[Database]:
    """Yield a running, empty cluster whose certificate is the authority's."""
    with TemporaryDirectory(prefix="cakupan-pg-") as folder:
        password = os.urandom(16).hex()
        made = Database(programs(), Path(folder) / "data", free_port(), authority.pem, password)
        _hand_over(Path(folder))
        secret = Path(folder) / "sandi"
        secret.write_text(password, encoding="utf-8")
        _hand_over(secret)
        _run(
            str(made.bin / "initdb"), "-D", str(made.data), "-U", OWNER, "--pwfile", str(secret), "-A", "scram-sha-256",
            "-E", "UTF8", "--locale", "C", "-N",
        )  # fmt: skip
        for name, text in (("postgresql.auto.conf", CONFIG), ("pg_hba.conf", ACCESS)):
            (made.data / name).write_text(text, encoding="utf-8")
        made.show(authority.certificate(HOST))
        try:
            made.start()
            yield made
        finally:
            made.stop()


def programs() -> Path:
    """Return the newest folder that holds PostgreSQL's programs; raises with the cure when there is none."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    for place in PLACES:
        versions = sorted(Path(place).glob("*/bin"), key=lambda path: _number(path.parent.name))
        folders += reversed(versions)
    found = next((folder for folder in folders if all((folder / name).exists() for name in NEEDED)), None)
    if found is None:
        raise RuntimeError(f"no folder of this machine holds {', '.join(NEEDED)}: {CURE}")
    return found


def _number(name: str) -> int:
    return int("".join(sign for sign in name if sign.isdigit()) or 0)


def _run(*command: str) -> None:
    done = subprocess.run(_as_postgres(*command), stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def _as_postgres(*command: str) -> list[str]:
    """Return how to run a program of PostgreSQL's, which refuses to be root; it ends when we do."""
    words = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=QUIT", "--"]
    return ["setpriv", *words, *command] if _root() else list(command)


def _hand_over(path: Path) -> None:
    if _root():
        shutil.chown(path, "postgres", "postgres")


def _root() -> bool:
    return os.geteuid() == 0
