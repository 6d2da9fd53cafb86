"""Superset's own Python environment: exactly the packages of `requirements.lock`, apart from the project's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from warehouse.errors import Stop

LOCK = Path(__file__).parent / "requirements.lock"
STAMP = ".locked"
FITTING = ((3, 10), (3, 11))


def ensure(folder: Path) -> Path:
    """Return the Python of the environment in `folder`, made new unless it holds the locked packages.

    Raises Stop when no Python that Superset runs on is found, or the packages do not install.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp, python = folder / STAMP, folder / "bin" / "python"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return python
    print(f"memasang / installing Superset: {folder}", file=sys.stderr)
    pip = ("pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--requirement")
    for command in ([fitting_python(), "-m", "venv", "--clear", str(folder)], [str(python), "-m", *pip, str(LOCK)]):
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            raise Stop(
                "superset_not_installed",
                f"Superset's packages did not install: {' '.join(command[:4])}",
                "paket Superset tidak dapat dipasang",
                "see the message above: a package registry and Python 3.10 or 3.11 are needed / lihat pesan di atas",
            )
    stamp.write_text(digest, encoding="utf-8")
    return python


def fitting_python() -> str:
    """Return a Python that Superset runs on: this one, else one on the path."""
    if sys.version_info[:2] in FITTING:
        return sys.executable
    found = [path for major, minor in reversed(FITTING) if (path := shutil.which(f"python{major}.{minor}"))]
    if not found:
        raise Stop(
            "superset_python_missing",
            "Superset 6.1 runs on Python 3.10 and 3.11, and neither is here",
            "Superset 6.1 memerlukan Python 3.10 atau 3.11, dan tidak ada di sini",
            "install one of them beside yours / pasang salah satunya",
        )
    return found[0]
