"""One Superset for one home: its folder with secrets and metadata, its preparation, and its server on loopback."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bi.superset.environment import LOCK
from warehouse.errors import Stop
from warehouse.home import Home

HERE = Path(__file__).parent
BUNDLE = HERE / "bundle"
HOST = "127.0.0.1"
PREPARED = "prepared"


@dataclass(frozen=True)
class Superset:
    """A Superset whose Python is `python`, that keeps its own things in `folder` and reads what `home` published."""

    python: Path
    home: Path
    folder: Path

    @property
    def password_file(self) -> Path:
        """Return the file that holds the administrator's password."""
        return self.folder / "admin_password"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of Superset's processes: little of ours, and where its settings and files are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            "CAKUPAN_PUBLISHED": str(Home(self.home).current),
            "CAKUPAN_SUPERSET": str(self.folder),
            "DO_NOT_TRACK": "1",
            "FLASK_APP": "superset.app:create_app()",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SCARF_ANALYTICS": "false",
            "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
            "SUPERSET_HOME": str(self.folder),
        }

    def prepare(self) -> bool:
        """Return True when an administrator was made; bring secrets, metadata database and bundle up to date.

        The bundle is imported when it, the settings or Superset changed since the last time. Raises Stop when that fails.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _secret(self.folder / "secret_key", 42)
        is_new = _secret(self.password_file, 18)
        digest, mark = _digest(), self.folder / PREPARED
        if mark.exists() and mark.read_text(encoding="utf-8") == digest:
            return is_new
        print("menyiapkan / preparing: metadata, bundle", file=sys.stderr)
        done = subprocess.run(
            [str(self.python), str(HERE / "prepare.py"), str(BUNDLE)], env=self.environment, check=False, text=True,
            input=self.password_file.read_text(encoding="utf-8"), capture_output=True,
        )  # fmt: skip
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            raise Stop(
                "superset_not_prepared",
                "Superset did not take its metadata database or the bundle: the reason is above",
                "Superset tidak dapat disiapkan: lihat alasan di atas",
                f"when {self.folder} comes from another Superset, move it away / pindahkan folder itu",
            )
        mark.write_text(digest, encoding="utf-8")
        return is_new

    def command(self, port: int) -> list[str]:
        """Return the command that serves on loopback: one process, so that readers share one DuckDB, and threads."""
        words = ("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--timeout", "120")
        program = str(self.python.with_name("gunicorn"))
        return [program, "--bind", f"{HOST}:{port}", *words, "--log-level", "warning", "superset.app:create_app()"]


def published(home: Path) -> Path:
    """Return `home` as a whole path. Raises Stop unless something is published in it."""
    whole = home.resolve()
    if not Home(whole).current.exists():
        raise Stop(
            "nothing_published",
            f"{home}: no published warehouse here",
            f"{home}: belum ada gudang data yang dipublikasikan",
            "make demo, or cakupan run --home DIR, and then start again / jalankan itu dahulu",
        )
    return whole


def _secret(file: Path, length: int) -> bool:
    """Return True when the secret in `file` was made now; only its owner reads it."""
    if file.exists():
        return False
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(secrets.token_urlsafe(length))
    return True


def _digest() -> str:
    """Return a digest of all that a preparation depends on."""
    files = [LOCK, HERE / "prepare.py", *sorted(BUNDLE.rglob("*.yaml"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
