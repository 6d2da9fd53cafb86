"""The files of a collection, each with the rows it must give, mapped onto the columns of a declared extract."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tests.corpora.splitting import Doubtful, Records, records
from warehouse.dialect import Dialect
from warehouse.tables.membership import Membership

SEPARATORS = (",", ";", "\t", "|")
POLLUTED, CLEAN, PARAMETERS = "csv", "clean", "parameters"
UNREAD = (".json", ".md", ".sql", "LICENSE")
ARRIVING = list(Membership.arriving())
CONSTANT = "x"


class Case(NamedTuple):
    """A file by its name, its content, its headers, and what a right load of it is: None where only an error is right."""

    name: str
    content: bytes
    headers: list[str]
    wanted: Records | None


def cases(place: Path) -> Iterator[Case]:
    """Yield every file below a folder, and of every zip file in it that is a collection."""
    files: dict[str, bytes] = {}
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                held = {f"{name}/{one.filename}": archive.read(one) for one in archive.infolist() if not one.is_dir()}
            yield from _of(held)
        elif path.is_file():
            files[name] = path.read_bytes()
    yield from _of(files)


def _of(files: Mapping[str, bytes]) -> Iterator[Case]:
    for name, content in files.items():
        place = PurePosixPath(name)
        if name.endswith(UNREAD) or place.parent.name in (CLEAN, PARAMETERS):
            continue
        twin = files.get(str(place.parent.with_name(CLEAN) / place.name)) if place.parent.name == POLLUTED else None
        wanted = said(content) if twin is None else list(csv.reader(io.StringIO(twin.decode("utf-8"), newline="")))
        yield Case(name, content, wanted[0] if wanted else _headers(content), wanted)


def _headers(content: bytes) -> list[str]:
    """Return what may be meant as headers in a file that cannot be read."""
    try:
        if content.startswith(b"PAR1"):
            return [str(name) for name in pq.read_schema(io.BytesIO(content)).names]
        first = _text(_plain(content)).partition("\n")[0]
    except (OSError, EOFError, UnicodeError, pa.ArrowException):
        return []
    return first.split(max(SEPARATORS, key=first.count))


def said(content: bytes) -> Records | None:
    """Return the records of a text of any of the read encodings, under the separator of most columns; None for doubtful ones.

    Of a Parquet file they are what Arrow reads, where it does.
    """
    try:
        if content.startswith(b"PAR1"):
            table = pq.read_table(io.BytesIO(content))
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            return [table.column_names, *(["" if cell is None else str(cell) for cell in row] for row in rows)]
        text = _text(_plain(content))
    except (OSError, EOFError, UnicodeError, pa.ArrowException):
        return None
    best = max(SEPARATORS, key=lambda mark: text.partition("\n")[0].count(mark))
    try:
        found = records(text, best)
    except Doubtful:
        return None
    even = bool(found) and all(len(one) == len(found[0]) for one in found)
    return found if even and "\0" not in text else None


def _plain(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        return pa.input_stream(pa.BufferReader(content), compression="zstd").read()  # type: ignore[no-any-return]
    return content


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def mapped(headers: list[str]) -> Dialect:
    """Return a dialect in which the headers are the first columns of a membership, and every other one is a constant."""
    aliases = dict(zip((header.strip() for header in headers), ARRIVING, strict=False))
    return Dialect(aliases=aliases, constants=dict.fromkeys(ARRIVING[len(aliases) :], CONSTANT))
