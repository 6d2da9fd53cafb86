"""The warehouse file: built beside, checked, then put in place by one rename. The only writer.

Nobody ever opens the file being built, and nothing changes the file being served: it is replaced whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from warehouse import asking, commits, ddl, staged
from warehouse.calendar import Version
from warehouse.catalogue import describing
from warehouse.digests import digest as digest_of
from warehouse.errors import MEMORY_EXCEEDED, Stop
from warehouse.files import folder, only_writer, remove, require_room, settle
from warehouse.preparing import CATALOG, digest, prepare
from warehouse.schema import Fact, Table
from warehouse.tables.operations import Definition

STORAGE_VERSION = "v1.0.0"  # read by DuckDB 1.1.3 and everything newer
MEMORY_LIMIT, THREADS = asking.MEMORY_LIMIT, asking.THREADS

Parameters = Sequence[object] | Mapping[str, object]


class Ask(Protocol):
    """Returns the rows of a query with bound parameters."""

    def __call__(self, sql: str, parameters: Parameters = ()) -> pl.DataFrame: ...


class Build:
    """The warehouse while it is built: rows go in here and nowhere else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._written: set[type[Table]] = set()
        self.told: dict[str, Any] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written inside, or nothing of it when an exception leaves the block."""
        self._connection.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def supersede(
        self, table: type[Fact], rows: pl.DataFrame | Path, version: Version | None, run_id: str, loaded_at: datetime
    ) -> int:
        """Return how many rows were closed and inserted to make `rows` the standing rows of `version`.

        `rows` are a frame, or a sealed Parquet file: DuckDB reads it, and nothing of it is held here.
        0 means that the standing rows are identical: nothing is written. A table without as_of_date takes None
        as its version and is compared whole. `loaded_at` is kept in UTC; a naive one is taken as UTC.
        Raises ValueError when the version does not fit the table, a row belongs to another version or a column is
        missing, Damaged when the file is not what was written.
        """
        where = _standing(table, version)
        name, standing = table.qualified(), f"{table.qualified()} WHERE {where}"
        with self._incoming(table, rows):
            if version is not None and self._count(f"incoming WHERE ({_of(version)}) IS NOT TRUE"):
                raise ValueError(f"{name}: rows of another version than {version}")
            closed, arrived = self._count(standing), self._count("incoming")
            if closed == arrived and self._stand(table, where):
                return 0
            moment = ddl.constant(loaded_at.astimezone(UTC).replace(tzinfo=None) if loaded_at.tzinfo else loaded_at)
            self._rows(f"UPDATE {name} SET superseded_at = {moment} WHERE {where}")
            run = ddl.constant(run_id)
            self._rows(f"INSERT INTO {name} BY NAME SELECT *, {moment} AS loaded_at, {run} AS run_id FROM incoming")
        return closed + arrived

    def replace(self, table: type[Table], frame: pl.DataFrame) -> None:
        """Make `frame` the rows of a dimension or reference table."""
        self._connection.execute(f"DELETE FROM {table.qualified()}")
        self.append(table, frame)

    def append(self, table: type[Table], frame: pl.DataFrame) -> None:
        """Add the rows of `frame` to `table`, which keeps no history."""
        if issubclass(table, Fact):
            raise TypeError(f"{table.qualified()} keeps history: use supersede")
        with self._incoming(table, frame):
            self._connection.execute(f"INSERT INTO {table.qualified()} BY NAME SELECT * FROM incoming")

    def delete_rows(self, table: type[Table], column: str, *values: str) -> None:
        """Delete the rows of `table` whose `column` is one of `values`; facts keep their history and refuse."""
        if issubclass(table, Fact) or column not in table.columns:
            raise ValueError(f"{table.qualified()}: rows cannot be deleted by {column}")
        listed = ", ".join(map(ddl.constant, values))
        self._rows(f"DELETE FROM {table.qualified()} WHERE {ddl.identifier(column)} IN ({listed})")

    def frame(self, source: type[Table] | str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """Return the rows of a table, formulas and history included, or of a query with bound `parameters`."""
        sql = source if isinstance(source, str) else f"SELECT * FROM {source.qualified()}"
        return self._connection.sql(sql, params=list(parameters)).pl()

    def tell(self, **told: Any) -> None:
        """Say what the ledger keeps of this change."""
        self.told |= told

    def digest(self, table: type[Table], version: Version | None = None) -> dict[str, Any]:
        """Return rows and digest of what stands of a table, of one version where it has any: see `digests.digest`."""
        return digest_of(self._rows, table, _standing(table, version) if issubclass(table, Fact) else "true")

    def prepare(self) -> None:
        """Create what is declared and missing, and renew formulas, views, comments and what describes them.

        Raises Stop when a table stores other columns than its declaration.
        """
        with self.transaction():
            if prepare(self._rows):
                mark = pl.DataFrame({"digest": [digest()]})
                for table, frame in {**describing(), Definition: mark}.items():
                    self.replace(table, frame)

    def require_unique_keys(self) -> None:
        """Raise Stop when a key occurs twice among the standing rows of a table that was written."""
        for table in sorted(self._written, key=lambda table: table.qualified()):
            keys = ", ".join(map(ddl.identifier, table.key()))
            where = "WHERE superseded_at IS NULL" if issubclass(table, Fact) else ""
            grouped = (
                f"(SELECT {keys} FROM {table.qualified()} {where} GROUP BY {keys} HAVING count(*) > 1)" if keys else ""
            )
            if keys and (doubled := self._count(grouped)):
                raise Stop(
                    "key_not_unique",
                    f"{table.qualified()}: {doubled} keys occur more than once; nothing was changed",
                    f"{table.qualified()}: {doubled} kunci muncul lebih dari sekali; tidak ada yang diubah",
                    "one row per key: look at the rows that produced it / satu baris untuk tiap kunci",
                )

    def counts(self) -> dict[str, int]:
        """Return the number of rows of every table."""
        return row_counts(self._connection, [table.qualified() for table in ddl.database_tables()])

    @contextmanager
    def _incoming(self, table: type[Table], rows: pl.DataFrame | Path) -> Iterator[None]:
        self._connection.register("incoming", self._readable(table, rows))
        self._written.add(table)
        try:
            yield
        finally:
            self._connection.unregister("incoming")

    def _readable(self, table: type[Table], rows: pl.DataFrame | Path) -> object:
        if isinstance(rows, Path):
            return self._connection.sql(staged.query(table, rows))
        stored = [pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items()]
        return rows.select(stored).to_arrow()

    def _stand(self, table: type[Fact], where: str) -> bool:
        """Return whether the incoming rows are those that stand, of which there are as many."""
        columns = ", ".join(map(ddl.identifier, table.stored_columns()))
        new_rows = (
            f"(SELECT {columns} FROM incoming EXCEPT ALL SELECT {columns} FROM {table.qualified()} WHERE {where})"
        )
        return self._count(new_rows) == 0

    def _count(self, source: str) -> int:
        return int(self._rows(f"SELECT count(*) FROM {source}")[0][0])

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()


@contextmanager
def building(warehouse: Path, *, memory_limit: str = MEMORY_LIMIT, threads: int = THREADS) -> Iterator[Build]:
    """Yield the build of the next `warehouse` file, and put it in place when the block ends without exception.

    On an exception, or when the process is killed, the file is as it was; leftovers go at the next start.
    Raises Stop when another process is building, a key is not unique, or the new file does not read back.
    """
    folder(warehouse.parent)
    following = warehouse.with_name(warehouse.name + ".next")
    with only_writer(warehouse):
        _discard_leftovers(warehouse)
        commits.reconcile(warehouse)
        try:
            if warehouse.exists():
                require_room(warehouse.parent, warehouse.stat().st_size)
                shutil.copyfile(warehouse, following)
            with closing(connect(following.with_name(following.name + ".tmp"), memory_limit, threads)) as connection:
                attach(connection, following, CATALOG)
                connection.execute(f"USE {CATALOG}")
                build = Build(connection)
                build.prepare()
                yield build
                build.require_unique_keys()
                counts = build.counts()
                connection.execute(f"CHECKPOINT {CATALOG}")
            require_complete(following, counts)
            told = {**build.told, "rows": counts, "warehouse": commits.mark_of(following)}
            commits.enter(commits.of(warehouse), commits.PREPARED, told)
            settle(following, warehouse)
            commits.enter(commits.of(warehouse), commits.COMMITTED, told)
        except duckdb.OutOfMemoryException:
            needs = f"DuckDB needs more than {memory_limit}", f"DuckDB perlu lebih dari {memory_limit}"
            raise Stop(MEMORY_EXCEEDED, *needs, "raise memory_limit in the settings, and memory with it") from None
        finally:
            _discard_leftovers(warehouse)


def query(
    path: Path,
    sql: str,
    parameters: Parameters = (),
    *,
    memory_limit: str = MEMORY_LIMIT,
    threads: int = asking.READING_THREADS,
) -> pl.DataFrame:
    """Return the rows of a query with bound `parameters` on the DuckDB file at `path`, which is opened for reading only.

    The query reaches no other file, no network, no extension and no setting.
    A statement that is no question returns an empty frame. Raises Stop when DuckDB refuses it.
    """
    with reading(path, memory_limit=memory_limit, threads=threads) as ask:
        return ask(sql, parameters)


@contextmanager
def reading(path: Path, *, memory_limit: str = MEMORY_LIMIT, threads: int = asking.READING_THREADS) -> Iterator[Ask]:
    """Yield how to ask several questions, as `query` asks one, of one state of the file at `path`."""
    try:
        with asking.opened(path, memory_limit, threads) as connection:
            asking.lock(connection)

            def ask(sql: str, parameters: Parameters = ()) -> pl.DataFrame:
                bound = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
                relation = connection.sql(sql, params=bound or None)
                return pl.DataFrame() if relation is None else relation.pl()

            yield ask
    except duckdb.Error as refused:
        raise asking.Refused(str(refused)) from None


def connect(spill: Path, memory_limit: str = MEMORY_LIMIT, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """Return a connection to no file yet, within the limits, that spills to `spill` and loads no extension."""
    connection = duckdb.connect(config=asking.config(spill, memory_limit, threads))
    connection.execute(asking.NO_BAR)
    return connection


def attach(connection: duckdb.DuckDBPyConnection, file: Path, catalog: str, *, read_only: bool = False) -> None:
    """Attach `file` as `catalog`; a new file gets the storage version that older readers open."""
    options = "READ_ONLY" if read_only else f"STORAGE_VERSION '{STORAGE_VERSION}'"
    connection.execute(f"ATTACH {ddl.literal(str(file))} AS {catalog} ({options})")


def row_counts(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, int]:
    """Return the number of rows of each of `tables`, named with their schema."""
    counted = connection.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
    return dict(counted.fetchall())


def require_complete(file: Path, counts: Mapping[str, int]) -> None:
    """Raise Stop unless the closed `file` has no write-ahead log, opens again and holds `counts`."""
    if file.with_name(file.name + ".wal").exists():
        raise _incomplete(file, "a write-ahead log is left", "log tulis tersisa")
    with closing(duckdb.connect(str(file), read_only=True, config={**asking.NO_EXTENSIONS})) as connection:
        if row_counts(connection, list(counts)) != counts:
            raise _incomplete(
                file, "it reads back with other rows than were written", "isi yang terbaca berbeda dari yang ditulis"
            )


def _discard_leftovers(warehouse: Path) -> None:
    for leftover in warehouse.parent.glob(f"{warehouse.name}.next*"):
        remove(leftover)


def _incomplete(file: Path, en: str, id: str) -> Stop:
    return Stop("file_incomplete", f"{file.name}: {en}", f"{file.name}: {id}", "run again / jalankan ulang")


def _standing(table: type[Fact], version: Version | None) -> str:
    if ("as_of_date" in table.columns) != (version is not None):
        raise ValueError(
            f"{table.qualified()} " + ("is replaced whole: it has no version" if version else "needs a version")
        )
    return f"superseded_at IS NULL AND {_of(version)}" if version else "superseded_at IS NULL"


def _of(version: Version) -> str:
    return f'"month" = {ddl.constant(version.month)} AND as_of_date = {ddl.constant(version.as_of_date)}'
