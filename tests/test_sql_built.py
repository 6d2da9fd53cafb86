"""SQL is never built from data: what is put into a statement is quoted, declared, a number, or stands in the list below."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.endtoend import ROOT
from tests.test_architecture import PACKAGES

ASKING = {"execute", "sql", "ask", "query", "frame", "found", "_count", "_rows"}
QUOTED = ("identifier(", "ddl.identifier(", "literal(", "ddl.literal(", "int(")
DECLARED = (".qualified()",)
EXPRESSIONS = {
    "flows/quarantine/blame.py": "declared rules",
    "flows/correctable.py": "conditions of the settings, looked at before they are used",
    "warehouse/synthetic/generic.py": "declared rules",
    "warehouse/synthetic/defects.py": "declared rules",
    "expectations/conditions.py": "declared rules",
    "expectations/suites.py": "declared rules",
    "transforms/corrections.py": "conditions of the settings",
}
REVIEWED = {
    ("expectations/opinion/__init__.py", "self.sql"): "a statement of ours",
    ("expectations/opinion/__init__.py", "where"): "a declared column against quoted texts",
    ("expectations/opinion/changed.py", "near"): "the kind of a declared table",
    ("expectations/opinion/changed.py", "statement(name, version)"): "a statement of ours",
    ("expectations/opinion/near.py", "FOUND"): "a constant",
    ("flows/asking/names.py", "RELATIONS"): "a constant",
    ("flows/figures.py", "columns"): "columns of a declared fact, each quoted",
    ("flows/figures.py", "condition"): "declared columns with bound values",
    ("flows/figures.py", "order"): "the declared key",
    ("flows/figures.py", "rows"): "a declared view or fact with a bound day",
    ("flows/metadata.py", "DAYS[key]"): "a constant",
    ("flows/publishing/disclosing.py", "few"): "declared columns and a number of the settings",
    ("flows/publishing/disclosing.py", "name"): "a declared column",
    ("flows/publishing/disclosing.py", "payers"): "a condition of the declarations",
    ("flows/publishing/transfer.py", "column"): "a column of our own table, by its callers",
    ("flows/publishing/transfer.py", "layout.name(relation.name)"): "quotes",
    ("flows/publishing/transfer.py", "listed"): "quoted names",
    ("flows/publishing/transfer.py", "lock"): "a quoted text",
    ("flows/publishing/transfer.py", "longest"): "a number",
    ("flows/publishing/transfer.py", "schema"): "a quoted name",
    ("flows/publishing/transfer.py", "table"): "quoted names",
    ("flows/publishing/transfer.py", "tables"): "quoted names",
    ("flows/publishing/transfer.py", "target.statement_timeout_seconds * 1000"): "a number of the settings",
    ("flows/second_engine.py", "columns"): "quoted names of declared columns",
    ("flows/receive/postgresql.py", "milliseconds"): "a number of the settings",
    ("flows/receive/postgresql.py", "self._order(columns)"): "quotes",
    ("flows/receive/postgresql.py", "self._relation()"): "the table, quoted, or the query of the settings",
    ("warehouse/asking.py", "','.join(schemas)"): "schemas named in the code",
    ("warehouse/asking.py", "', '.join((literal(str(file)) for file in files))"): "quoted texts",
    ("warehouse/asking.py", "'VIEW' if view else 'TABLE'"): "a constant",
    ("warehouse/asking.py", "STORED"): "a constant",
    ("warehouse/asking.py", "closed"): "a constant",
    ("warehouse/asking.py", "kind"): "a constant",
    ("warehouse/asking.py", "name"): "the name of the file, quoted; names of the answer's columns, quoted",
    ("warehouse/asking.py", "sql"): "a statement of ours over declared tables and days",
    ("warehouse/publish.py", "file"): "a quoted text",
    ("warehouse/publish.py", "listed"): "quoted names of declared columns",
    ("warehouse/publish.py", "order"): "quoted names of the declared key",
    ("warehouse/publish.py", "HiddenCell.name"): "a declared table",
    ("warehouse/publish.py", "flags"): "a declared table",
    (
        "warehouse/publish.py",
        "hiding.hidden_of(table, f'frame_{HiddenCell.name}')",
    ): "declared tables and columns, quoted",
    ("warehouse/publish.py", "rows"): "declared tables and columns, quoted",
    ("warehouse/publish.py", "table.name"): "a declared table",
    ("warehouse/scanning/containers.py", "name"): "a quoted name, found in the file that is searched",
    ("warehouse/store.py", "listed"): "quoted texts",
    ("warehouse/store.py", "moment"): "a moment, quoted",
    ("warehouse/store.py", "run"): "a quoted text",
    ("warehouse/store.py", "CATALOG"): "a constant",
    ("warehouse/store.py", "_of(version)"): "declared columns and quoted days",
    ("warehouse/store.py", "catalog"): "a name in the code",
    ("warehouse/store.py", "name"): "a declared table",
    ("warehouse/store.py", "options"): "a constant",
    ("warehouse/store.py", "source"): "a query over declared tables",
    ("warehouse/store.py", "table"): "a declared table",
    ("warehouse/store.py", "where"): "declared columns and quoted days",
}


def put_in(file: Path) -> Iterator[str]:
    """Yield the expressions whose text becomes part of a statement that the file asks or executes."""
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for node in [inner for argument in call.args for inner in ast.walk(argument)] if name in ASKING else []:
            if isinstance(node, ast.FormattedValue) and not _is_number(node):
                yield ast.unparse(node.value)


def _is_number(node: ast.FormattedValue) -> bool:
    return node.format_spec is not None and ast.unparse(node.format_spec) == "f'd'"


def found() -> set[tuple[str, str]]:
    """Return what is put into statements and neither quoted nor declared, by file."""
    files = [file for room in PACKAGES for file in (ROOT / room).rglob("*.py")]
    return {
        (str(file.relative_to(ROOT)), text)
        for file in files
        for text in put_in(file)
        if not text.startswith(QUOTED) and not text.endswith(DECLARED)
    }


def test_nothing_is_put_into_sql_that_nobody_looked_at() -> None:
    assert sorted(found() - set(REVIEWED)) == []


def test_what_was_looked_at_is_still_there() -> None:
    assert sorted(set(REVIEWED) - found()) == []


def test_a_value_put_into_sql_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("ask(f\"SELECT * FROM t WHERE nik = '{nik}' AND n = {n:d}\")")
    assert list(put_in(tmp_path / "bad.py")) == ["nik"]


def test_no_text_is_run_as_a_program_and_only_rules_settings_and_inspections_become_expressions() -> None:
    """`sql_expr` reads declared rules and the conditions of corrections in the settings: never a text of a row."""
    called = {
        (str(file.relative_to(ROOT)), call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id)
        for room in PACKAGES
        for file in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name)
    }
    assert [one for one in called if one[1] in ("eval", "exec", "system", "popen")] == []
    assert {file for file, name in called if name == "sql_expr"} == set(EXPRESSIONS)
