"""Pseudonyms: a keyed, versioned token instead of a NIK or a KPJ.

A token is one AES-256 block of the id under a key that only the gate holds: a keyed permutation, so two ids
never share a token and equal ids always do. Blocks of NIK are sixteen digits; those of KPJ begin with
letters, so the two never meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from warehouse.schema import Extract

BLOCK = 16
PADDING = {"NIK": "", "KPJ": "KPJ::"}
NOBODY = "0" * BLOCK


class ForeignTokensError(Exception):
    """Tokens that were made with another key."""


@dataclass(frozen=True, repr=False)
class Pseudonyms:
    """The key of the tokens and its version; neither shows in a representation."""

    secret: bytes
    version: int = 1

    def __repr__(self) -> str:
        return f"Pseudonyms(version={self.version})"

    def fingerprint(self) -> str:
        """Return a public mark of the key: equal keys give equal marks, the key cannot be found from it."""
        return self._derive(b"fingerprint").hex()[:16]

    def _derive(self, purpose: bytes) -> bytes:
        info = b"cakupan " + purpose + b" v" + str(self.version).encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.secret)

    def tokens(self, ids: pl.Series) -> pl.Series:
        """Return the tokens of `ids`, texts of sixteen bytes: Binary of 16 bytes each, null where null."""
        encryptor = self._cipher().encryptor()
        return _mapped(ids, NOBODY, lambda plain: encryptor.update(plain) + encryptor.finalize())

    def ids(self, tokens: pl.Series) -> pl.Series:
        """Return the ids of tokens as blocks of sixteen bytes, null where null: for memory only, they never land.

        Raises ForeignTokensError when a token was made with another key: nothing else gives a block of digits.
        """
        nobody = bytes(self.tokens(pl.Series([NOBODY]))[0])
        decryptor = self._cipher().decryptor()
        return _mapped(tokens, nobody, lambda cipher: _require_ids(decryptor.update(cipher) + decryptor.finalize()))

    def renewed(self, tokens: pl.Series, into: Pseudonyms) -> pl.Series:
        """Return the tokens under the key `into` of whom tokens under this key stand for. Raises as `ids` does."""
        return into.tokens(self.ids(tokens))

    def _cipher(self) -> Cipher[modes.ECB]:
        return Cipher(algorithms.AES(self._derive(b"tokens")), modes.ECB())


def _mapped(blocks: pl.Series, filler: str | bytes, change: Callable[[memoryview | bytes], bytes]) -> pl.Series:
    """Return blocks of sixteen bytes as `change` makes them, all of them in one call; null where null."""
    filled = blocks.fill_null(pl.lit(filler, dtype=blocks.dtype)) if blocks.null_count() else blocks
    fixed = filled.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary()).cast(pa.binary(BLOCK))
    _, data = fixed.buffers()
    start = fixed.offset * BLOCK
    plain = memoryview(data).cast("B")[start : start + len(fixed) * BLOCK] if len(fixed) else b""
    changed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(BLOCK), len(fixed), [None, pa.py_buffer(change(plain))])
    named = pl.Series(blocks.name, changed.cast(pa.large_binary()), dtype=pl.Binary)
    if not blocks.null_count():
        return named
    return pl.select(pl.when(blocks.is_not_null()).then(named).alias(blocks.name)).to_series()


def _require_ids(plain: bytes) -> bytes:
    rows = np.frombuffer(plain, np.uint8).reshape(-1, BLOCK)
    digit = (rows >= ord("0")) & (rows <= ord("9"))
    card = np.frombuffer(PADDING["KPJ"].encode(), np.uint8)
    is_kpj = (rows[:, : len(card)] == card).all(axis=1) & digit[:, len(card) :].all(axis=1)
    if not (digit.all(axis=1) | is_kpj).all():
        raise ForeignTokensError
    return plain


def pseudonymise(frame: pl.LazyFrame, table: type[Extract], pseudonyms: Pseudonyms) -> pl.LazyFrame:
    """Return `frame` with every id column of `table` replaced by its token; an id of another length becomes null."""
    tokens = []
    for column in table.columns.values():
        if column.pseudonym:
            block = pl.lit(PADDING[column.pseudonym]) + pl.col(column.name)
            block = pl.when(block.str.len_bytes() == BLOCK).then(block)
            tokens.append(
                block.map_batches(pseudonyms.tokens, return_dtype=pl.Binary, is_elementwise=True).alias(column.name)
            )
    return frame.with_columns(tokens)
