"""Opening a landed file: what it is, and its rows as text, whatever its format."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import kinds
from warehouse.reading.book import opened_book
from warehouse.reading.decoding import plain_text, unpacked
from warehouse.reading.limits import Limits
from warehouse.reading.opened import Opened
from warehouse.reading.parquet import opened_parquet
from warehouse.reading.text import Score, opened_text
from warehouse.sandbox import SANDBOX

DEFAULT = Limits()
PARQUET_GROWS = 4
SHEETS_GROW = 40


def opened(path: Path, dialect: Dialect, scratch: Path, limits: Limits = DEFAULT, score: Score | None = None) -> Opened:
    """Return the rows of a file as text under its own headers, and what was decided on the way.

    `scratch` is a folder for what has to be unpacked or rewritten; the frame reads from there. `score` says how well
    headers are known: it chooses the separator or the sheet where neither is declared.
    Raises Stop when the file cannot be read as declared or asks for more than the limits allow.
    """
    return _Opening(dialect, Path(tempfile.mkdtemp(dir=scratch)), limits, score).file(path)


class _Opening(NamedTuple):
    """One file on its way, with what every step needs."""

    dialect: Dialect
    scratch: Path
    limits: Limits
    score: Score | None

    def file(self, path: Path, *, inside: bool = False) -> Opened:
        kind = kinds.kind_of(path)
        if inside and kind in (kinds.GZIP, kinds.ZSTD):
            raise _twice_packed()
        if kind in (kinds.GZIP, kinds.ZSTD):
            return self.file(unpacked(path, kind, self.scratch / "unpacked", self.limits), inside=True)
        if kind == kinds.ZIP:
            return self._zip(path, inside)
        if kind == kinds.OLE:
            return self._workbook(path, "xls", path.stat().st_size)
        if kind == kinds.PARQUET:
            size = PARQUET_GROWS * path.stat().st_size
            self._apart("parquet", size, path=str(path))
            return opened_parquet(path)
        return self._text(path)

    def _zip(self, path: Path, inside: bool) -> Opened:
        member = self.scratch / "member"
        size = self.limits.expansion * path.stat().st_size
        meant = {"member": self.dialect.member, "into": "" if inside else str(member)}
        found = self._apart("archive", size, path=str(path), **meant)
        if found["format"] != "zip":
            return self._workbook(path, found["format"], min(found["unpacked"], SHEETS_GROW * path.stat().st_size))
        if inside:
            raise _twice_packed()
        result = self.file(member, inside=True)
        return result._replace(notes=(f"dari arsip zip / from the zip archive: {found['member']}", *result.notes))

    def _workbook(self, path: Path, format: str, size: int) -> Opened:
        about = {"path": str(path), "format": format, "sheet": self.dialect.sheet, "into": str(self.scratch)}
        return opened_book(format, self._apart("workbook", size, **about), self.dialect, self.score)

    def _text(self, path: Path) -> Opened:
        text, encoding = plain_text(path, self.dialect.encoding, self.scratch / "utf8", self.limits)
        result = opened_text(text, encoding, self.dialect, self.score, self.scratch, self.limits)
        if encoding == "utf-8" or self.dialect.encoding:
            return result
        told = f"dibaca sebagai {encoding} / read as {encoding}: declare the encoding"
        return result._replace(notes=(told, *result.notes))

    def _apart(self, job: str, size: int, **about: Any) -> Any:
        """Return the answer of the sandbox about a file of `size` unpacked bytes."""
        memory, seconds = self.limits.memory_for(size), self.limits.seconds_for(size)
        return SANDBOX.run(job, memory, seconds, **about, limits=asdict(self.limits))


def _twice_packed() -> Stop:
    en, id = "an archive inside an archive is not read", "arsip di dalam arsip tidak dibaca"
    return Stop("archive_in_archive", en, id, "pack the file once / bungkus berkas satu kali saja")
