"""The Data Package descriptor of a published version (Frictionless, specification 1): files, columns, keys, sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import commits, ddl
from warehouse.dictionary import table_schema
from warehouse.home import DATABASE
from warehouse.schema import Fact, Table, tables_of
from warehouse.seals import sha256_of


def describe(directory: Path, version: str, content: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the descriptor of the Parquet files in `directory`; `counts` has the rows of every mart table.

    `content` (the digest of rows and definitions), `database` and `rows` are properties of our own. No licence is stated: whose
    data they are decides on it.
    """
    resources = [_resource(directory, table, counts[table.qualified()]) for table in tables_of("mart")]
    titles = sorted({source["title"] for resource in resources for source in resource.get("sources", ())})
    return {
        "profile": "data-package",
        "name": "cakupan",
        "title": "Cakupan: coverage of employment social security",
        "version": version,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "content": content,
        "database": {"path": DATABASE, **commits.mark_of(directory / DATABASE)},
        "sources": [{"title": title} for title in titles],
        "resources": resources,
    }


def foreign_keys(table: type[Table]) -> list[dict[str, Any]]:
    """Return the references of `table` to the dimensions: a column that bears the name of a dimension's only key."""
    dimensions = {
        one.key()[0]: one.name for one in tables_of("mart") if one.name.startswith("dim_") and len(one.key()) == 1
    }
    return [
        {"fields": [name], "reference": {"resource": dimensions[name], "fields": [name]}}
        for name in table.columns
        if name in dimensions and dimensions[name] != table.name
    ]


def _resource(directory: Path, table: type[Table], rows: int) -> dict[str, Any]:
    path = f"parquet/{table.name}.parquet"
    resource = {
        "profile": "data-resource",
        "name": table.name,
        "title": ddl.description(table),
        "description": ddl.table_comment(table),
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": (directory / path).stat().st_size,
        "hash": f"sha256:{sha256_of(directory / path)}",
        "rows": rows,
        "sources": _sources(table),
        "schema": {**table_schema(table), "foreignKeys": foreign_keys(table)},
    }
    return {key: value for key, value in resource.items() if value != []}


def _sources(table: type[Table]) -> list[dict[str, str]]:
    """Return the kinds of extracts whose dates make the versions of a fact, or the seed file of a table."""
    names = [table.seed] if table.seed else list(table.driven_by) if issubclass(table, Fact) else []
    return [{"title": name} for name in names]
