"""Harlequin, the editor for SQL in the terminal, on the published version of the moment. It is not imported: it is run.

It reads that version until it is left, also when a newer one is published meanwhile; both ends say so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from flows.asking.answers import INTERNAL, PUBLISHED, file_of, memory_limit_of, version_of

SETTINGS = """SET memory_limit = '{memory_limit}';
SET search_path = '{schemas}';
SET autoinstall_known_extensions = false;
SET autoload_known_extensions = false;
SET enable_external_access = false;
SET lock_configuration = true;
"""


def installed() -> bool:
    """Return whether Harlequin is there: `pip install 'cakupan[sql]'`."""
    return find_spec("harlequin") is not None


def run(given: Namespace, say: Callable[[str], None]) -> int:
    """Run Harlequin until the user leaves it, reading only and with no settings but ours; return its exit code."""
    file = file_of(given)
    say(f"Harlequin membaca terbitan {version_of(file)} sampai ditutup / reads this version until you leave it")
    with tempfile.TemporaryDirectory(prefix="cakupan-sql-") as folder:
        ended = subprocess.run(command(file, Path(folder), given), check=False)
    newest = version_of(file_of(given))
    if newest != version_of(file):
        say(f"sementara itu terbit {newest} / {newest} was published meanwhile: cakupan sql opens it")
    return ended.returncode


def command(file: Path, folder: Path, given: Namespace) -> list[str]:
    """Return the command that opens `file`; what it may do is written to `folder`, its own settings are not read."""
    settings, none = folder / "settings.sql", folder / "harlequin.toml"
    schemas = ",".join(INTERNAL if given.internal else PUBLISHED)
    settings.write_text(SETTINGS.format(memory_limit=memory_limit_of(given), schemas=schemas), encoding="utf-8")
    none.touch()
    options = ["--adapter", "duckdb", "--read-only", "--config-path", str(none), "--init-path", str(settings)]
    return [sys.executable, "-m", "harlequin", *options, str(file)]
