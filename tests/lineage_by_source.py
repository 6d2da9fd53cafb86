"""The lineage read another way: transforms from their source text, views by DuckDB's own parser."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.endtoend import ROOT
from warehouse import ddl

LAZY = re.compile(r"\bLazy\[(\w+)\]")
RAW = dict[str, set[str]]


def read() -> tuple[RAW, set[str]]:
    """Return what everything is made from, step by step, and which of the names are reference tables."""
    steps = dict(_transforms())
    classes = {name: (bases, keywords) for name, bases, keywords in _classes()}
    known = {one for one, (_, keywords) in classes.items() if keywords.get("kind") or keywords.get("name")}
    raw: RAW = {}
    references = set[str]()
    for made, needed in steps.items():
        sources = {_root(one, classes, known | set(steps)) for one in needed} - {made}
        raw[_name(made, classes)] = {_name(one, classes) for one in sources}
        references |= {_name(one, classes) for one in sources - set(steps) if not classes[one][1].get("kind")}
    return raw | _views(), references | {name for name in _tables() if name.startswith("mart.dim_")}


def contracted(raw: RAW, references: set[str], drawn: set[str]) -> set[tuple[str, str]]:
    """Return the arrows between what is drawn: what is not drawn gives way to what it is made from."""

    def seen_from(name: str) -> set[str]:
        found = set[str]()
        for source in raw.get(name, set()) - references:
            found |= {source} if source in drawn else seen_from(source)
        return found

    return {(source, name) for name in drawn for source in seen_from(name) - {name}}


def _transforms() -> Iterator[tuple[str, set[str]]]:
    for file in sorted((ROOT / "transforms").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "transform" in map(ast.unparse, node.decorator_list):
                needed = {name for one in node.args.args for name in LAZY.findall(ast.unparse(one))}
                (made,) = LAZY.findall(ast.unparse(node.returns) if node.returns else "")
                yield made, needed


def _classes() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    for file in sorted(Path(ROOT, "warehouse", "tables").glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                keywords = {
                    str(one.arg): ast.literal_eval(one.value)
                    for one in node.keywords
                    if isinstance(one.value, ast.Constant)
                }
                yield node.name, list(map(ast.unparse, node.bases)), keywords


def _root(name: str, classes: dict[str, tuple[list[str], dict[str, str]]], known: set[str]) -> str:
    while name not in known and classes[name][0][0] in classes:
        name = classes[name][0][0]
    return name


def _name(name: str, classes: dict[str, tuple[list[str], dict[str, str]]]) -> str:
    keywords = classes[name][1]
    declared = f"{keywords['layer']}.{keywords['name']}" if "name" in keywords else ""
    return keywords.get("kind") or declared or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def database() -> duckdb.DuckDBPyConnection:
    """Return an empty database in memory with every declared table, view and macro."""
    connection = duckdb.connect()
    for statement in (
        *(f"CREATE SCHEMA {layer}" for layer in ddl.LAYERS),
        *map(ddl.create_table, ddl.database_tables()),
    ):
        connection.execute(statement)
    for statement in ddl.views():
        connection.execute(statement)
    return connection


def _tables() -> set[str]:
    return {table.qualified() for table in ddl.database_tables()}


def _views() -> RAW:
    connection = database()
    bodies = connection.execute(
        "SELECT schema_name || '.' || view_name, regexp_replace(sql, '^CREATE VIEW .*? AS ', '') FROM duckdb_views() WHERE NOT internal"
        " UNION ALL SELECT schema_name || '.' || function_name, macro_definition FROM duckdb_functions()"
        " WHERE function_type = 'table_macro' AND schema_name = 'mart'"
    ).fetchall()
    found = defaultdict[str, set[str]](set)
    for name, body in bodies:
        (parsed,) = connection.execute("SELECT json_serialize_sql(?)", [body]).fetchall()
        found[name] |= set(_read_by(json.loads(parsed[0])))
    return dict(found)


def _read_by(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _read_by(one)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for one in node.values():
            yield from _read_by(one)
