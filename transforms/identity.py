"""Pseudonyms: a keyed, versioned token instead of a NIK or a KPJ.

A token is one AES-256 block of the id under a key that only the gate holds: a keyed permutation, so two ids
never share a token and equal ids always do. Blocks of NIK are sixteen digits; those of KPJ begin with
letters, so the two never meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from warehouse.schema import Extract

BLOCK = 16
PADDING = {"NIK": "", "KPJ": "KPJ::"}


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
        texts = ids.fill_null("0" * BLOCK).to_arrow(compat_level=pl.CompatLevel.oldest())
        blocks = texts.cast(pa.large_binary()).cast(pa.binary(BLOCK))
        _, data = blocks.buffers()
        start = blocks.offset * BLOCK
        plain = memoryview(data).cast("B")[start : start + len(blocks) * BLOCK] if len(blocks) else b""
        encryptor = Cipher(algorithms.AES(self._derive(b"tokens")), modes.ECB()).encryptor()
        cipher = pa.py_buffer(encryptor.update(plain) + encryptor.finalize())
        tokens = pa.FixedSizeBinaryArray.from_buffers(pa.binary(BLOCK), len(blocks), [None, cipher])
        named = pl.Series(ids.name, tokens.cast(pa.large_binary()), dtype=pl.Binary)
        return (
            pl.select(pl.when(ids.is_not_null()).then(named).alias(ids.name)).to_series() if ids.null_count() else named
        )


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
