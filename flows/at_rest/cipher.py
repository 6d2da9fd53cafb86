"""A landed file encrypted: AES-256-GCM over pieces of 1 MiB, under a key of its own that is derived from the landing key.

Every piece is sealed with its number and whether it is the last, and with the header and the content's SHA-256: a
piece that is changed, left out, moved, cut off or of another file is noticed before it is used.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from transforms.identity import Pseudonyms
from warehouse.errors import Stop

MAGIC = b"CAKUPAN1"
PIECE, TAG, SALT = 1 << 20, 16, 32
HEADER = len(MAGIC) + 8 + SALT
CURE = "bring the file back from a backup, or remove it and have it sent again"


def encrypt(source: Path, target: Path, key: bytes, sha256: str) -> None:
    """Write the content of `source`, whose SHA-256 is given, encrypted to `target`."""
    header = MAGIC + _id(key) + secrets.token_bytes(SALT)
    seal = AESGCM(_derived(key, header))
    with source.open("rb") as plain, target.open("xb") as sealed:
        sealed.write(header)
        for nonce, piece in _numbered(plain.read(PIECE), lambda: plain.read(PIECE)):
            sealed.write(seal.encrypt(nonce, piece, header + sha256.encode()))


def decrypt(source: Path, target: Path | None, key: bytes, sha256: str) -> None:
    """Write the content of an encrypted file to `target`, readable by its owner only; without `target` it is only verified.

    Raises Stop when the key is another, or one byte is not what was encrypted; `target` is to be thrown away then.
    """
    digest = hashlib.sha256()
    with source.open("rb") as sealed, _into(target) as plain:
        header = sealed.read(HEADER)
        if header[: len(MAGIC)] != MAGIC or len(header) < HEADER:
            raise _damaged(sha256)
        if header[len(MAGIC) : -SALT] != _id(key):
            en, id = f"{sha256[:12]} was encrypted with another key", f"{sha256[:12]} dienkripsi dengan kunci lain"
            raise Stop("landing_key_differs", en, id, "give the landing key it was encrypted with")
        seal = AESGCM(_derived(key, header))
        try:
            for nonce, piece in _numbered(sealed.read(PIECE + TAG), lambda: sealed.read(PIECE + TAG)):
                opened = seal.decrypt(nonce, piece, header + sha256.encode())
                digest.update(opened)
                plain.write(opened)
        except InvalidTag:
            raise _damaged(sha256) from None
    if digest.hexdigest() != sha256:
        raise _damaged(sha256)


def plain_size(path: Path) -> int:
    """Return the bytes that an encrypted file had before."""
    held = path.stat().st_size - HEADER
    return max(0, held - TAG * max(1, -(-held // (PIECE + TAG))))


def _numbered(first: bytes, read: Callable[[], bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pieces with their nonces: a number that never repeats under the key of one file, and whether it is the last."""
    number, piece = 0, first
    while True:
        following = read()
        yield number.to_bytes(11, "big") + bytes([not following]), piece
        if not following:
            return
        number, piece = number + 1, following


def _derived(key: bytes, header: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=header[-SALT:], info=b"cakupan landing v1").derive(key)


def _id(key: bytes) -> bytes:
    return bytes.fromhex(Pseudonyms(key).fingerprint())


def _into(target: Path | None) -> BinaryIO:
    where = target or Path(os.devnull)
    flags = os.O_WRONLY | (os.O_CREAT | os.O_EXCL if target else 0)
    return os.fdopen(os.open(where, flags, 0o600), "wb")


def _damaged(sha256: str) -> Stop:
    en, id = f"the encrypted file {sha256[:12]} is damaged", f"berkas terenkripsi {sha256[:12]} rusak"
    return Stop("landing_damaged", en, id, CURE)
