"""What a file holds: its bytes in pieces, the members of archives, the columns of tables, the streams of documents."""

from __future__ import annotations

import bz2
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, NamedTuple

from warehouse.ddl import identifier
from warehouse.scanning.columns import Piece, blobs, pieces, texts
from warehouse.scanning.views import inflated

PIECE, OVERLAP = 1 << 22, 1 << 14
ROWS = 100_000
MOST_OF_A_DOCUMENT = 1 << 28
TABLES = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"


class Held(NamedTuple):
    """A piece of what a file holds, and where: in a table and a column, or from a byte on."""

    at: str
    piece: Piece


class Member(NamedTuple):
    """A file within a file: its name, and a stream of its content."""

    name: str
    content: IO[bytes]


Content = Iterator[Held | Member]


def raw(source: IO[bytes]) -> Iterator[Held]:
    """Yield the bytes of a stream; pieces overlap, so that nothing is cut in two."""
    start, kept = 0, b""
    while chunk := source.read(PIECE):
        data = kept + chunk
        yield Held(f"byte {start}", Piece(data, packed=True))
        kept = data[-OVERLAP:]
        start += len(data) - len(kept)


def opener_of(head: bytes) -> tuple[str, Callable[[Path], Content]] | None:
    """Return the kind of a file that begins with `head`, and what opens it; None when its bytes are all there is."""
    for place, mark, kind, opener in KINDS:
        if head[place : place + len(mark)] == mark:
            return kind, opener
    return None


def _packed(codec: str) -> Callable[[Path], Content]:
    def content(path: Path) -> Content:
        import pyarrow as pa

        plain: dict[str, Callable[[Path], Any]] = {"bz2": bz2.open, "xz": lzma.open}
        with plain[codec](path) if codec in plain else pa.input_stream(str(path), compression=codec) as stream:
            yield Member(codec, stream)

    return content


def _zip(path: Path) -> Content:
    with zipfile.ZipFile(path) as packed:
        for one in packed.infolist():
            yield Held("name", Piece(one.filename.encode("utf-8", "surrogatepass")))
            if not one.is_dir():
                with packed.open(one) as stream:
                    yield Member(one.filename, stream)


def _tar(path: Path) -> Content:
    with tarfile.open(path, "r:") as packed:
        for one in packed:
            yield Held("name", Piece(f"{one.name}\n{one.linkname}".encode("utf-8", "surrogatepass")))
            if one.isreg() and (stream := packed.extractfile(one)):
                yield Member(one.name, stream)


def _parquet(path: Path) -> Content:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    texts_ = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    with pq.ParquetFile(path, read_dictionary=texts_) as file:
        for key, value in (file.metadata.metadata or {}).items():
            yield Held("metadata", Piece(key + b"\n" + value))
        for group in range(file.num_row_groups):
            for name in schema.names:
                yield from _columns(file.read_row_group(group, columns=[name]))


def _arrow(path: Path) -> Content:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        yield from (one for batch in range(file.num_record_batches) for one in _columns(file.get_batch(batch)))


def _arrow_stream(path: Path) -> Content:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as file:
        for batch in file:
            yield from _columns(batch)


def _columns(table: Any) -> Iterator[Held]:
    """Yield the values of an Arrow table; of a dictionary all entries, those that no row refers to too."""
    import polars as pl
    import pyarrow as pa

    for name, column in zip(table.schema.names, table.columns, strict=True):
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            values = chunk.dictionary if isinstance(chunk, pa.DictionaryArray) else chunk
            series = pl.from_arrow(values)
            assert isinstance(series, pl.Series)
            yield from (Held(name, piece) for piece in pieces(series))


def _duckdb(path: Path) -> Content:
    from warehouse.store import reading

    with reading(path) as ask:
        for schema, table in zip(*ask(TABLES), strict=True):
            name = f"{identifier(schema)}.{identifier(table)}"
            last = ask(f"SELECT max(rowid) FROM {name}").item()
            for first in range(0, 0 if last is None else last + 1, ROWS):
                frame = ask(f"SELECT * FROM {name} WHERE rowid >= {first:d} AND rowid < {first + ROWS:d}")
                for column in frame:
                    yield from (Held(f"{schema}.{table}.{column.name}", piece) for piece in pieces(column))


def _sqlite(path: Path) -> Content:
    wal = path.with_name(path.name + "-wal")
    still = "" if wal.exists() and wal.stat().st_size else "&immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{still}", uri=True)) as connection:
        connection.text_factory = bytes
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for table in (name.decode() for (name,) in found):
            cursor = connection.execute(f"SELECT * FROM {identifier(table)}")
            names = [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(ROWS):
                for name, values in zip(names, zip(*rows, strict=True), strict=True):
                    yield from (Held(f"{table}.{name}", piece) for piece in texts(values))


def _document(path: Path) -> Content:
    with path.open("rb") as source:
        data = source.read(MOST_OF_A_DOCUMENT)
    yield from (Held("stream", piece) for piece in blobs(list(inflated(data))))


KINDS: tuple[tuple[int, bytes, str, Callable[[Path], Content]], ...] = (
    (0, b"\x1f\x8b", "gzip", _packed("gzip")),
    (0, b"\x28\xb5\x2f\xfd", "zstd", _packed("zstd")),
    (0, b"\x04\x22\x4d\x18", "lz4", _packed("lz4")),
    (0, b"BZh", "bz2", _packed("bz2")),
    (0, b"\xfd7zXZ\0", "xz", _packed("xz")),
    (0, b"PK\3\4", "zip", _zip),
    (257, b"ustar", "tar", _tar),
    (0, b"PAR1", "parquet", _parquet),
    (0, b"ARROW1\0\0", "arrow", _arrow),
    (0, b"\xff\xff\xff\xff", "arrow stream", _arrow_stream),
    (8, b"DUCK", "duckdb", _duckdb),
    (0, b"SQLite format 3\0", "sqlite", _sqlite),
    (0, b"%PDF", "pdf", _document),
    (0, b"\x89PNG", "png", _document),
)
