"""Questions to a DuckDB file: it is opened for reading only, and the question reaches nothing else.

A question is one statement that only reads. It may be answered as known on a day: see `warehouse.known_then`.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.disk import refusal_of
from warehouse.errors import MEMORY_EXCEEDED, Stop
from warehouse.files import folder, remove
from warehouse.known_then import CATALOG_NAMES, STORED, Relation, statements

MEMORY_LIMIT = "1GB"
THREADS = 2
READING_THREADS = 1
"""Of a question: on several threads DuckDB, 1.5.5 too, now and then ends a small query with a window by an internal error (duckdb/duckdb#25713)."""
SHARE_OF_FREE_DISK = 0.8
MOST_PARTS = 512
"""Each part reads all rows once more: what does not fit in so many is refused."""
UNPACKED = "SET force_compression = 'uncompressed'"
"""Of tables in a file, which go with the bench: to pack them costs more than to write them."""
NO_EXTENSIONS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
NO_BAR = "SET enable_progress_bar = false"
"""Where DuckDB takes the program for an interactive one it draws a bar among the results."""
LOCKS = ("python_enable_replacements = false", "enable_external_access = false", "lock_configuration = true")
READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
FLAT = re.compile(
    r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|VARCHAR|BOOLEAN|DATE|TIME|TIMESTAMP.*|ENUM.*)"
)
BIGGEST = 2**63 - 1


class Refused(Stop):
    """A question that DuckDB refused; `said` is its own text with the line and the caret."""

    def __init__(self, said: str) -> None:
        super().__init__("query_refused", said, "kueri ditolak", "correct the SQL")
        self.said = said


def ask(
    path: Path,
    sql: str,
    parameters: Mapping[str, str] | None = None,
    *,
    as_of: date | None = None,
    schemas: Sequence[str] = ("mart",),
    memory_limit: str = MEMORY_LIMIT,
) -> pl.DataFrame:
    """Return the answer of the DuckDB file at `path` to one question, with `parameters` bound by name.

    Names without a schema are looked up in `schemas`. `as_of` asks what was known on that day. Sums are whole numbers;
    what has no counterpart in CSV and JSON (intervals, lists, bytes) comes as text. Raises Refused when DuckDB refuses,
    Stop when it is no single question, KeyboardInterrupt when it was interrupted.
    """
    try:
        with (
            opened(path, memory_limit) if as_of is None else _opened_then(path, sql, as_of, memory_limit) as connection
        ):
            connection.execute(f"SET search_path = '{','.join(schemas)}'")
            lock(connection)
            _require_question(connection, sql)
            return _answer(connection, sql, dict(parameters or {}) or None)
    except duckdb.IOException as broken:
        raise refusal_of(broken) or Refused(str(broken)) from None
    except duckdb.Error as refused:
        raise Refused(str(refused)) from None


def config(spill: Path, memory_limit: str, threads: int) -> dict[str, str | bool | int | float | list[str]]:
    """Return the settings of a connection within the limits, that spills to `spill`, but not all over the disk, and loads no extension."""
    place = next(one for one in (spill, *spill.resolve().parents) if one.is_dir())
    most = f"{int(shutil.disk_usage(place).free * SHARE_OF_FREE_DISK)}B"
    bounds = {"temp_directory": str(spill), "max_temp_directory_size": most}
    return {**NO_EXTENSIONS, **bounds, "memory_limit": memory_limit, "threads": threads}


@contextmanager
def opened(
    path: Path, memory_limit: str = MEMORY_LIMIT, threads: int = READING_THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the DuckDB file at `path` that cannot write it."""
    with closing(
        duckdb.connect(str(path), read_only=True, config=config(_spill(), memory_limit, threads))
    ) as connection:
        yield connection


class Workbench:
    """A DuckDB without a file of its own: frames and Parquet files lie before it, and it reaches nothing else.

    `parts` says into how many parts its memory wants the rows of a large step to be taken, `step` which was made or asked last.
    """

    step = ""

    def __init__(self, connection: duckdb.DuckDBPyConnection, parts: int = 1) -> None:
        self._connection = connection
        self.parts = parts

    def put(self, name: str, frame: pl.DataFrame) -> None:
        """Lay the rows of a frame on the bench under a name: of a frame itself DuckDB cannot ask all that it asks of a table."""
        self._connection.register("frame_to_lay", frame.to_arrow())
        self._connection.execute(f'CREATE TABLE "{name}" AS FROM frame_to_lay')
        self._connection.unregister("frame_to_lay")

    def view(self, name: str, sql: str) -> None:
        """Give a query a name; it is asked where the name is used."""
        self._connection.execute(f'CREATE VIEW "{name}" AS {sql}')

    def table(self, name: str, sql: str, *more: str) -> None:
        """Keep the rows of a query, and of more of its kind, under a name."""
        self.step = name
        self._connection.execute(f'CREATE TABLE "{name}" AS {sql}')
        for sql in more:
            self._connection.execute(f'INSERT INTO "{name}" {sql}')

    def table_in_parts(self, name: str, queries: Callable[[int], Sequence[str]]) -> None:
        """Keep the rows of a query that `queries` gives in as many parts as it is told, and from now on take more where they do not fit."""
        while True:
            try:
                return self.table(name, *queries(self.parts))
            except duckdb.OutOfMemoryException:
                if self.parts >= MOST_PARTS or len(queries(self.parts)) == len(queries(2 * self.parts)):
                    raise
                self.parts *= 2
                self._connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def add(self, name: str, sql: str) -> None:
        """Add the rows of a query to those that are kept under a name."""
        self.step = name
        self._connection.execute(f'INSERT INTO "{name}" {sql}')

    @contextmanager
    def only(self, rows: Mapping[str, str], *, held: bool = True) -> Iterator[None]:
        """Have names stand, while it lasts, for the rows of queries; what is not `held` is asked where the name is used."""
        laid: list[str] = []
        kind = "TABLE" if held else "VIEW"
        try:
            for name, sql in rows.items():
                self.step = name
                self._connection.execute(f'CREATE TEMP {kind} "{name}" AS {sql}')
                laid.append(name)
            yield
        finally:
            for name in laid:
                self._connection.execute(f'DROP {kind} temp."{name}"')

    def count(self, name: str) -> int:
        """Return how many rows are kept under a name."""
        return int(self.ask(f'SELECT count(*) FROM "{name}"').item())

    def drop(self, name: str, *, view: bool = False) -> None:
        """Take a view or a table away."""
        self._connection.execute(f'DROP {"VIEW" if view else "TABLE"} "{name}"')

    def ask(self, sql: str) -> pl.DataFrame:
        """Return the rows of a query."""
        return self._connection.sql(sql).pl()


@contextmanager
def workbench(
    files: Sequence[Path], spill: Path, *, memory_limit: str = MEMORY_LIMIT, threads: int = THREADS, parts: int = 1
) -> Iterator[Workbench]:
    """Yield a workbench that may read `files`, spills to the folder `spill` and takes it away at the end.

    With several parts its tables lie in a file there: what is read once more for each part need not be held or spilled again.
    Raises Stop when it needs more memory than `memory_limit`, or refuses a statement: rows never reach the message.
    """
    try:
        if spill.exists():
            remove(spill)
        folder(spill)
        place = str(spill / "bench.duckdb") if parts > 1 else ":memory:"
        with closing(duckdb.connect(place, config=config(spill, memory_limit, threads))) as connection:
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(UNPACKED)
            connection.execute(f"SET allowed_paths = [{', '.join(literal(str(file)) for file in files)}]")
            lock(connection)
            bench = Workbench(connection, parts)
            try:
                yield bench
            except duckdb.OutOfMemoryException:
                en = f"{bench.step}: DuckDB needs more than {memory_limit}"
                id = f"{bench.step}: DuckDB perlu lebih dari {memory_limit}"
                raise Stop(MEMORY_EXCEEDED, en, id, "raise memory_limit in the settings, and memory with it") from None
    except duckdb.Error as broken:
        if refused := refusal_of(broken):
            raise refused from None
        kind = type(broken).__name__
        told = f"the second engine stopped: {kind}", f"mesin kedua berhenti: {kind}"
        raise Stop("second_engine_failed", *told, "run again; if it stays so, report it to the maintainers") from None
    finally:
        if spill.exists():
            remove(spill)


@contextmanager
def _opened_then(path: Path, sql: str, day: date, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose catalog has the name of the file's and holds what `sql` names as it was on `day`."""
    with closing(duckdb.connect(config=config(_spill(), memory_limit, READING_THREADS))) as connection:
        name = '"' + path.stem.replace('"', '""') + '"'
        connection.execute(f"ATTACH ':memory:' AS {name}")
        connection.execute(f"ATTACH {literal(str(path))} AS {STORED} (READ_ONLY)")
        connection.execute(f"USE {name}")
        relations = [Relation(*row) for row in connection.execute(CATALOG_NAMES).fetchall()]
        for statement in statements(relations, sql, day):
            connection.execute(statement)
        yield connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Close the way from a connection to other files, to the network, to Python's variables and to settings."""
    connection.execute(NO_BAR)
    for closed in LOCKS:
        connection.execute(f"SET {closed}")


def _require_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Stop unless `sql` is one statement that reads; a PIVOT reads, though DuckDB makes a type for it first."""
    starts, text = [start for start, _ in duckdb.tokenize(sql)], sql.encode()
    marks = [start for start in starts if text[start : start + 1] == b";"]
    if len(marks) == len(starts):
        raise _no_question("it is empty", "kueri kosong")
    if any(start > marks[0] and start not in marks for start in starts if marks):
        raise _no_question("there is more than one statement", "lebih dari satu pernyataan")
    first = re.match(rb"\w*", text[starts[0] :])
    word = first[0].decode().upper() if first else ""
    kinds = [] if word in ("PRAGMA", "IMPORT") else [one.type for one in connection.extract_statements(sql)]
    made_for_pivot = all(kind == duckdb.StatementType.CREATE for kind in kinds[:-1])
    if not kinds or kinds[-1] not in READS or not made_for_pivot:
        raise _no_question(f"{word} does not ask anything", f"{word} bukan pertanyaan")


def literal(text: str) -> str:
    """Return `text` as a SQL string literal. Binding a value makes DuckDB import pandas: a second of CPU."""
    return "'" + text.replace("'", "''") + "'"


def is_complete(text: str) -> bool:
    """Return whether the last mark of `text` is a `;` outside of texts and comments."""
    starts = [start for start, _ in duckdb.tokenize(text)]
    return bool(starts) and text.encode()[starts[-1] : starts[-1] + 1] == b";"


def _no_question(en: str, id: str) -> Stop:
    cure = "hanya membaca / reading only: one SELECT, FROM, WITH, PIVOT, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN"
    return Stop("query_not_a_question", en, id, cure)


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, str] | None) -> pl.DataFrame:
    try:
        return _whole(_flat(connection.sql(sql, params=parameters)).pl())
    except (duckdb.ProgrammingError, duckdb.DataError):
        connection.execute(sql, parameters)  # refuses with the line and the caret, which a relation does not give
        raise
    except RuntimeError as stopped:
        if "interrupted" not in str(stopped):
            raise
        connection.interrupt()  # without it closing waits for the answer
        raise KeyboardInterrupt from None


def _flat(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Return the relation with every column that a table of numbers, texts and days cannot hold written as text."""
    texts = [not FLAT.fullmatch(str(kind)) for kind in relation.types]
    if not any(texts):
        return relation
    columns = [f"#{place}::VARCHAR" if text else f"#{place}" for place, text in enumerate(texts, 1)]
    named = zip(columns, relation.columns, strict=True)
    return relation.project(", ".join(f'{column} AS "{name.replace(chr(34), chr(34) * 2)}"' for column, name in named))


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with sums as 64-bit integers; what is greater stays a decimal without places."""
    sums = [
        name
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Decimal) and kind.scale == 0 and not (frame[name].abs() > BIGGEST).any()
    ]
    return frame.with_columns(pl.col(sums).cast(pl.Int64)) if sums else frame


def _spill() -> Path:
    return Path(tempfile.gettempdir()) / f"cakupan-{os.getuid()}"
