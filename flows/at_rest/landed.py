"""A landed content for reading, however it lies: in the clear, encrypted, or deleted by now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from flows.at_rest import cipher
from flows.at_rest.deletions import gone, noted
from flows.at_rest.settings import LandingSettings
from flows.keys.places import LANDING, kept_key
from warehouse.home import Home

ENCRYPTED = ".enc"
CONTENT = re.compile(r"[0-9a-f]{64}")


def opened(home: Home, sha256: str, scratch: Path, settings: LandingSettings) -> Path:
    """Return a file that holds the content in the clear: itself, or a copy in `scratch` that goes with it.

    An encrypted one is verified, piece by piece and as a whole. Raises Stop when it is damaged, its key is missing or
    another, or the content is not in landing any more.
    """
    path = home.landed(sha256)
    if path.exists():
        return path
    sealed = encrypted(home, sha256)
    if not sealed.exists():
        raise gone(home, sha256)
    copy = scratch / f"plain-{sha256}"
    if not copy.exists():
        try:
            cipher.decrypt(sealed, copy, landing_key(home, settings), sha256)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
    return copy


def size(home: Home, sha256: str, *, deleted_too: bool = False) -> int | None:
    """Return the bytes of a content in landing, None when it is not there; `deleted_too` takes one for there that was deleted."""
    path = home.landed(sha256)
    with suppress(FileNotFoundError):
        return path.stat().st_size
    if (sealed := encrypted(home, sha256)).is_file():
        return cipher.plain_size(sealed)
    was = noted(home, sha256) if deleted_too else None
    return was.bytes if was else None


def landing_key(home: Home, settings: LandingSettings, *, make: bool = False) -> bytes:
    """Return the key of files at rest. Raises Stop as `kept_key` does."""
    return kept_key(home, LANDING, settings.key, make=make).secret


def encrypted(home: Home, sha256: str) -> Path:
    """Return where a content lies encrypted."""
    path = home.landed(sha256)
    return path.with_name(path.name + ENCRYPTED)


def in_the_clear(home: Home) -> Iterator[Path]:
    """Yield the contents that lie in the clear."""
    return (path for path in sorted(home.landing.glob("??/*")) if CONTENT.fullmatch(path.name))


def sealed_ones(home: Home) -> Iterator[Path]:
    """Yield the contents that lie encrypted."""
    return (path for path in sorted(home.landing.glob(f"??/*{ENCRYPTED}")) if CONTENT.fullmatch(path.stem))
