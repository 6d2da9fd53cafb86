"""Where a key is kept: in the environment, in a file that only its owner reads, or in a secret block; never in the repository."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from flows.secret import Secret
from transforms.identity import Pseudonyms
from warehouse.errors import Stop
from warehouse.files import folder, sync
from warehouse.home import Home

LENGTH = 32
MOST_BYTES = 4_096


@dataclass(frozen=True)
class Place:
    """The places of one key: two variables of the environment, and the name of its file in the home."""

    variable: str
    file_variable: str
    name: str


TOKENS = Place("CAKUPAN_KEY", "CAKUPAN_KEY_FILE", "pseudonym.key")
LANDING = Place("CAKUPAN_LANDING_KEY", "CAKUPAN_LANDING_KEY_FILE", "landing.key")


@dataclass(frozen=True)
class Kept:
    """A key, the name of the place it came from, and its file where that is ours to change."""

    secret: bytes = field(repr=False)
    origin: str
    file: Path | None = None


def pseudonyms(home: Home, declared: Secret | None = None) -> tuple[Pseudonyms, str]:
    """Return the pseudonyms and where their key came from; a home without any key gets one, mode 0600.

    Raises Stop when a key is malformed, missing where it should be, or others than its owner can read its file.
    """
    kept = kept_key(home, TOKENS, declared)
    return Pseudonyms(kept.secret), kept.origin


def kept_key(home: Home, place: Place, declared: Secret | None = None, *, make: bool = True) -> Kept:
    """Return a key: of the environment, else of the file that it names, else `declared` in the settings, else of the home.

    Without any a new one is made in the home, unless `make` is false. Raises Stop as `pseudonyms` does.
    """
    if text := os.environ.get(place.variable):
        return Kept(_decoded(text, f"${place.variable}"), f"${place.variable}")
    if named := os.environ.get(place.file_variable):
        return Kept(read(Path(named)), named, Path(named))
    if declared is not None:
        where = f"${declared.env}" if declared.env else declared.file or f"block {declared.block}"
        return Kept(_decoded(declared.reveal(), where), where, Path(declared.file) if declared.file else None)
    path = home_file(home, place)
    if make and not os.path.lexists(path):
        create(path)
    return Kept(read(path), str(path), path)


def has_key(home: Home, place: Place = TOKENS, declared: Secret | None = None) -> bool:
    """Return whether a key is there, well formed or not: a load would not make one."""
    named = os.environ.get(place.variable) or os.environ.get(place.file_variable)
    return bool(named) or declared is not None or home_file(home, place).exists()


def home_file(home: Home, place: Place) -> Path:
    """Return the file of a key in the home."""
    return home.root / "keys" / place.name


def read(path: Path) -> bytes:
    """Return the key in a file. Raises Stop when it is absent, a link, malformed, or others than its owner can read it."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077:
                en, id = f"others can read {path}", f"{path} dapat dibaca pengguna lain"
                raise Stop("key_open_to_others", en, id, "chmod 600 it, and take a new key if it was seen")
            return _decoded(file.read(MOST_BYTES).decode("ascii", "replace"), str(path))
    except FileNotFoundError:
        en, id = f"{path} does not exist", f"{path} tidak ada"
        raise Stop("key_missing", en, id, "correct the path, or restore the key from where it is kept") from None
    except OSError as broken:
        en, id = f"{path}: {broken.strerror}", f"{path} tidak terbaca"
        raise Stop("key_missing", en, id, "a key is a plain file that the account of cakupan owns") from None


def create(path: Path) -> bytes:
    """Return a new key, which lies in the file `path` from now on, on the disk. Raises Stop when something lies there."""
    folder(path.parent, 0o700)
    made = secrets.token_bytes(LENGTH)
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(made.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)
    except FileExistsError:
        en, id = f"{path} is there already", f"{path} sudah ada"
        raise Stop("key_exists", en, id, "a key is never overwritten: cakupan key rotate changes it") from None
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
    return made


def _decoded(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        en, id = f"{where} is not {LENGTH} bytes in hexadecimal", f"{where} bukan {LENGTH} bita heksadesimal"
        raise Stop("key_malformed", en, id, "restore the key the lake was made with")
    return key
