"""The key of the pseudonyms: from the environment or a file that only its owner reads, never from the repository."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from transforms.identity import Pseudonyms
from warehouse.errors import Stop
from warehouse.files import folder, placed
from warehouse.home import Home

ENVIRONMENT, FILE = "CAKUPAN_KEY", "CAKUPAN_KEY_FILE"
LENGTH = 32


def pseudonyms(home: Home) -> tuple[Pseudonyms, str]:
    """Return the pseudonyms and where their key came from: CAKUPAN_KEY, CAKUPAN_KEY_FILE or `keys/` of the home.

    Without any of them a new key is made in the home, mode 0600. Raises Stop when a key is malformed or
    others than its owner can read its file.
    """
    if text := os.environ.get(ENVIRONMENT):
        return Pseudonyms(_decoded(text, ENVIRONMENT)), f"${ENVIRONMENT}"
    path = _path(home)
    if not path.exists():
        if os.environ.get(FILE):
            raise Stop("key_missing", f"{path} does not exist", f"{path} tidak ada", f"correct {FILE}")
        _create(path)
    if path.stat().st_mode & 0o077:
        en, id = f"others can read {path}", f"{path} dapat dibaca pengguna lain"
        raise Stop("key_open_to_others", en, id, "chmod 600 it, and take a new key if it was seen")
    return Pseudonyms(_decoded(path.read_text(encoding="ascii"), str(path))), str(path)


def has_key(home: Home) -> bool:
    """Return whether a key is there, well formed or not: a load would not make one."""
    return bool(os.environ.get(ENVIRONMENT) or os.environ.get(FILE)) or _path(home).exists()


def _path(home: Home) -> Path:
    named = os.environ.get(FILE)
    return Path(named) if named else home.root / "keys" / "pseudonym.key"


def _create(path: Path) -> None:
    folder(path.parent, 0o700)
    with placed(path) as beside:
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_hex(LENGTH) + "\n", encoding="ascii")


def _decoded(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        en, id = f"{where} is not {LENGTH} bytes in hexadecimal", f"{where} bukan {LENGTH} bita heksadesimal"
        raise Stop("key_malformed", en, id, "restore the key the lake was made with")
    return key
