"""The published copy: an immutable directory per version, and one link to the newest that is swapped at once.

A reader opens `published/current/cakupan.duckdb` and sees the old version or the new one, whole.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from warehouse import ddl, hiding
from warehouse.catalogue import describing
from warehouse.datapackage import describe
from warehouse.dictionary import table_schema
from warehouse.files import folder, only_writer, remove, settle_folder
from warehouse.published import (
    CURRENT,
    DATABASE,
    DESCRIPTOR,
    HIDDEN,
    WRITER,
    Withdrawal,
    adopt,
    content_of,
    current_version,
    damaged,
    enter,
    hide_oldest,
    point_at,
    withdrawals,
)
from warehouse.schema import Table, tables_of
from warehouse.store import MEMORY_LIMIT, THREADS, attach, connect, require_complete, row_counts
from warehouse.tables.hidden import HiddenCell

GRACE_SECONDS = 600
"""How long a version stays after it was replaced: DuckDB reads the link first and opens the file it named later."""

Read = Callable[[str], pl.DataFrame]
Disclosure = Callable[[Read], pl.DataFrame]
"""The cells that would disclose someone, as rows of `mart.hidden_cell`: they are published empty, and listed there.

It is asked once and may read anything of schema mart by SQL (`warehouse.mart.fact_coverage`). Formulas over a hidden
cell are empty by themselves.
"""


def everything(_read: Read) -> pl.DataFrame:
    """Return no cell: every row is published as it is."""
    return pl.DataFrame(schema=HiddenCell.polars_schema())


def unheard(withdrawal: Withdrawal) -> None:
    """Tell nobody that withdrawn content was not published again."""


def publish(
    warehouse: Path,
    published: Path,
    version: str,
    *,
    disclose: Disclosure = everything,
    on_withheld: Callable[[Withdrawal], None] = unheard,
    keep: int = 5,
    grace_seconds: float = GRACE_SECONDS,
    memory_limit: str = MEMORY_LIMIT,
    threads: int = THREADS,
) -> Path:
    """Return the directory of the version that `published/current` names when this ends.

    `version` names the new directory; versions sort by name. When neither the content nor the definitions
    changed since the current version, nothing is published; nor is content that was withdrawn: `on_withheld` hears of it.
    The newest `keep` versions stay, the current one always, and what was replaced less than `grace_seconds` ago.
    Raises ValueError for an unusable name, FileExistsError when the name is taken by other content, Stop when
    another process publishes or the copy does not read back.
    """
    if not version or version.startswith(".") or Path(version).name != version or version == CURRENT or keep < 1:
        raise ValueError(f"not a version name, or nothing to keep: {version!r}, {keep}")
    folder(published)
    with only_writer(published / WRITER):
        _discard_parts(published)
        part = published / (HIDDEN + version)
        part.mkdir()
        try:
            with closing(connect(published / f"{HIDDEN}spill", memory_limit, threads)) as connection:
                attach(connection, warehouse, "warehouse", read_only=True)
                _disclose(connection, disclose)
                content = _content(connection)
                standing = current_version(published)
                if standing:
                    adopt(published, standing)
                if standing and content_of(published / standing) == content and not damaged(published / standing):
                    return published / standing
                withdrawn = [one for one in withdrawals(published) if one.content == content]
                if standing and withdrawn:
                    on_withheld(withdrawn[-1])
                    return published / standing
                _write(connection, part, version, content)
            _put_in_place(part, published / version, content)
            point_at(published, version)
            enter(published, version)
            hide_oldest(published, version, keep, time.time() - grace_seconds)
        finally:
            _discard_parts(published)
    return published / version


def _disclose(connection: duckdb.DuckDBPyConnection, disclose: Disclosure) -> None:
    """Make a temporary view `disclosed_<table>` of what may be published of every mart table."""

    def read(sql: str) -> pl.DataFrame:
        return connection.sql(sql).pl()

    hidden = disclose(read)
    made: dict[type[Table], pl.DataFrame] = {**describing(), HiddenCell: hidden}
    with_hidden = set(hidden["object"].unique())
    for table, frame in made.items():
        connection.register(f"frame_{table.name}", frame.select([*table.stored_columns()]).to_arrow())
    for table in tables_of("mart"):
        source = f"frame_{table.name}" if table in made else f"warehouse.{table.qualified()}"
        listed = ", ".join(map(ddl.identifier, ddl.stored_columns_of(table)))
        rows = f"SELECT {listed} FROM {source}"
        if table.qualified() in with_hidden:
            flags = f"hidden_{table.name}"
            connection.execute(f"CREATE TEMP TABLE {flags} AS {hiding.hidden_of(table, f'frame_{HiddenCell.name}')}")
            rows = hiding.without(table, source, flags)
        connection.execute(f"CREATE TEMP VIEW disclosed_{table.name} AS {rows}")


def _content(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a digest of every disclosed row and of every definition that is published with them.

    The hash of rows is DuckDB's: a new DuckDB may publish unchanged rows once more.
    """
    digest = hashlib.sha256("\n".join(_definitions()).encode())
    for table in tables_of("mart"):
        listed = ", ".join(map(ddl.identifier, ddl.stored_columns_of(table)))
        rows = connection.execute(f"SELECT count(*), sum(hash({listed})) FROM disclosed_{table.name}").fetchall()
        digest.update(f"{table.name} {rows}".encode())
    return digest.hexdigest()


def _definitions() -> list[str]:
    """Return the statements that create the published schema, tables first."""
    tables = [
        text for table in tables_of("mart") for text in (ddl.create_table(table, checks=False), *ddl.comments(table))
    ]
    return ["CREATE SCHEMA mart", *tables, *ddl.views()]


def _write(connection: duckdb.DuckDBPyConnection, part: Path, version: str, content: str) -> None:
    attach(connection, part / DATABASE, "cakupan")
    connection.execute("USE cakupan")
    connection.execute("BEGIN TRANSACTION")
    for statement in _definitions():
        connection.execute(statement)
    (part / "parquet").mkdir()
    for table in tables_of("mart"):
        order = ", ".join(map(ddl.identifier, table_schema(table)["primaryKey"]))
        connection.execute(
            f"INSERT INTO {table.qualified()} BY NAME SELECT * FROM disclosed_{table.name} ORDER BY {order}"
        )
        file = ddl.literal(str(part / "parquet" / f"{table.name}.parquet"))
        connection.execute(f"COPY (SELECT * FROM {table.qualified()}) TO {file} (FORMAT parquet, COMPRESSION zstd)")
    connection.execute("COMMIT")
    counts = row_counts(connection, [table.qualified() for table in tables_of("mart")])
    connection.execute("CHECKPOINT cakupan")
    connection.execute("USE memory")
    connection.execute("DETACH cakupan")
    require_complete(part / DATABASE, counts)
    _describe(part, version, content, counts)


def _describe(part: Path, version: str, content: str, counts: dict[str, int]) -> None:
    """Write the files of a version that tell of it; what is added here is published with it."""
    package = describe(part, version, content, counts)
    (part / DESCRIPTOR).write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _put_in_place(part: Path, directory: Path, content: str) -> None:
    if directory.exists():  # a run that was killed between the rename and the swap of the link
        if content_of(directory) != content:
            raise FileExistsError(f"{directory.name} is already published with other content")
        return
    settle_folder(part, directory, 0o444)


def _discard_parts(published: Path) -> None:
    """Remove what a kill or a power cut left: versions not finished, and the new link that was not swapped yet."""
    for part in [*published.glob(f"{HIDDEN}*"), *published.glob(f".{CURRENT}.*")]:
        remove(part)
