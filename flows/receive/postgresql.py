"""Extracts out of a database: the rows of a table or a query, as one Parquet file that is the same for the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_manager._reader import AdbcRecordBatchReader
from adbc_driver_postgresql import dbapi

from flows.receive import refusals
from flows.receive.parquet_stream import parquet
from flows.receive.postgresql_login import connection_words, told_at_login
from flows.receive.remote import Found
from flows.sources import PostgresqlAddress
from warehouse.errors import Stop

PLAIN = {
    "bool": pa.bool_(), "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(),
    "float8": pa.float64(), "numeric": pa.string(), "text": pa.string(), "varchar": pa.string(), "bpchar": pa.string(),
    "name": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "_text": pa.list_(pa.string()),
    "_varchar": pa.list_(pa.string()),
}  # fmt: skip
OF_THE_QUERY = "42"
CANCELLED, SERIALIZATION, DEADLOCK, NO_RIGHT = "57014", "40001", "40P01", "42501"
PASSES = ("08", "53", "57P", "58")


class PostgresqlRemote:
    """A query of a database, offered as one file. Nothing is known of it before it is read, and it is read whole."""

    resumes = False

    def __init__(self, address: PostgresqlAddress) -> None:
        self.settings = address
        self.name = address.name if address.name.endswith(".parquet") else f"{address.name}.parquet"
        self.where = address.where

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def list(self) -> list[Found]:
        """Return the one file, after the database has said that the query can be run and what columns it has."""
        with self._snapshot() as cursor:
            self._columns(cursor)
        return [Found(self.name, None, "")]

    def look(self, found: Found) -> Found | None:
        """Return the file as it was found: what was read is one snapshot, whatever happened since."""
        return found if found.name == self.name else None

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the file, always from its beginning; rows are in the order of `order_by`, then of every other column."""
        if offset:
            raise refusals.unproved(self.address(found.name))
        with self._snapshot() as cursor:
            columns = self._columns(cursor)
            cursor.execute(f"SELECT * FROM {self._relation()} ORDER BY {self._order(columns)}")
            yield from parquet(pa.schema(list(columns.items())), _batches(cursor))

    def address(self, name: str) -> str:
        """Return which database the file comes from."""
        return f"postgresql://{self.where}/{name}"

    @contextmanager
    def _snapshot(self) -> Iterator[dbapi.Cursor]:
        """Yield a cursor in a transaction that sees one state of the database and may change nothing."""
        with self._connection() as connection:
            try:
                with connection.cursor() as cursor:
                    milliseconds = self.settings.statement_timeout_seconds * 1000
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}")
                    yield cursor
            except (Error, pa.ArrowException, OSError) as error:
                raise self._told(error) from None

    def _connection(self) -> dbapi.Connection:
        words = connection_words(self.settings)
        try:
            return dbapi.connect(words)
        except Error as error:
            raise told_at_login(self.settings, self.where, str(error)) from None

    def _relation(self) -> str:
        if self.settings.query:
            return f"({self.settings.query.strip().rstrip(';')}\n) AS extract"
        return ".".join(_quoted(part) for part in self.settings.table.split("."))

    def _columns(self, cursor: dbapi.Cursor) -> dict[str, pa.DataType]:
        """Return every column and the type it is written with. Raises Stop naming one that cannot be shown as text."""
        found = cursor.adbc_execute_schema(f"SELECT * FROM {self._relation()}")
        columns: dict[str, pa.DataType] = {}
        for field in found:
            kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
            if kind not in PLAIN:
                en, id = f"column {field.name} is a {kind}", f"kolom {field.name} bertipe {kind}"
                cure = f"write a query that makes it text, e.g. {field.name}::text, or a date of this country"
                raise Stop("column_not_plain", en, id, cure)
            if field.name in columns:
                told = f"column {field.name} stands twice", f"kolom {field.name} muncul dua kali"
                raise Stop("column_twice", *told, "give each its own name with AS")
            columns[field.name] = PLAIN[kind]
        return columns

    def _order(self, columns: dict[str, Any]) -> str:
        if missing := [name for name in self.settings.order_by if name not in columns]:
            told = f"order_by: no column {missing[0]}", f"order_by: tidak ada kolom {missing[0]}"
            raise Stop("column_missing", *told, f"the columns are {', '.join(columns)}")
        return ", ".join(_quoted(name) for name in dict.fromkeys([*self.settings.order_by, *columns]))

    def _told(self, error: Exception) -> Exception:
        """Return the fault behind an error of the database. Its text may hold values of rows, so only its state is told."""
        state = getattr(error, "sqlstate", None) or ""
        if state == CANCELLED:
            longest = self.settings.statement_timeout_seconds
            en = f"{self.where}: the query was ended, by its limit of {longest} s or by somebody"
            id = f"{self.where}: kueri dihentikan, oleh batas {longest} detik atau oleh seseorang"
            return Stop("query_ended", en, id, "raise statement_timeout_seconds, or order_by the columns of an index")
        if state == NO_RIGHT:
            return refusals.permission_denied(f"{self.where} {self.settings.table or self.settings.name}")
        if not state or state in (SERIALIZATION, DEADLOCK) or state.startswith(PASSES):
            return refusals.unreachable(self.where, state or "the query was cut off")
        why = _complaint(str(error)) if state.startswith(OF_THE_QUERY) else ""
        return refusals.request_refused(self.where, why or f"SQLSTATE {state}")


def _batches(cursor: dbapi.Cursor) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query. This reader, unlike `fetch_record_batch`, tells the SQLSTATE of what goes wrong."""
    stream = cursor.fetch_arrow()
    with AdbcRecordBatchReader._import_from_c(stream.address) as reader:
        yield from reader


def _complaint(text: str) -> str:
    """Return what the database says of a query that it could not begin to run: no row has been read by then."""
    return text.partition("ERROR:")[2].partition("\n")[0].strip()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
