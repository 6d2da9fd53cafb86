"""DuckDB as first written: texts into a table, one statement per declared rule, COUNT(DISTINCT ...) for the facts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.engines.floor import connect
from warehouse.rules import AMBIGUOUS, FOREIGN, RowRule, raw, row_rules
from warehouse.schema import Column, Extract, Parse, Severity
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.vocabulary import PROGRAMMES, SCOPES

KINDS: tuple[type[Extract], ...] = (Membership, Contribution, Employer)
FACTS = Path(__file__).parents[1] / "naive.sql"
SET_OF = f"({'|'.join(PROGRAMMES)})([,+/; |]+({'|'.join(PROGRAMMES)}))*"
BITS = " + ".join(
    f"CAST(regexp_matches({{0}}, '\\b{name}\\b') AS UTINYINT) * {1 << bit}" for bit, name in enumerate(PROGRAMMES)
)
PARSED = {
    Parse.DATE: "TRY_CAST({0} AS DATE)",
    Parse.MONTH: "TRY_CAST({0} || '-01' AS DATE)",
    Parse.WHOLE: "TRY_CAST({0} AS BIGINT)",
    Parse.FLAG: "CASE {0} WHEN 'Y' THEN true WHEN 'T' THEN false END",
    Parse.IDENTIFIER: "nullif({0}, '''')",
    Parse.NATIONAL_ID: "nullif({0}, '''')",
    Parse.PROGRAMMES: f"CASE WHEN regexp_full_match({{0}}, '{SET_OF}') THEN {BITS} END",
    Parse.REGENCY: "CASE WHEN {0} IN (SELECT region_code FROM region) THEN {0} END",
}


def run(source: Path, database: Path) -> None:
    """Load the extracts of `source` into a new `database`."""
    with connect(source, database) as connection:
        connection.execute("CREATE TABLE broken (kind VARCHAR, rule VARCHAR, row BIGINT)")
        for table in KINDS:
            _judge(connection, table)
        connection.execute(
            "CREATE TABLE rejection AS SELECT kind, rule AS rules, count(*) AS rows FROM broken GROUP BY ALL"
        )
        scopes = ", ".join(f"('{scope}', '{one}')" for scope, members in SCOPES.items() for one in members)
        connection.execute(FACTS.read_text(encoding="utf-8").replace("$SCOPES", scopes))


def _judge(connection: duckdb.DuckDBPyConnection, table: type[Extract]) -> None:
    """Split the rows of a kind into accepted ones, a table named like the kind, and rejected ones."""
    kind, columns = table.kind, table.arriving().values()
    wage = (
        ", (SELECT max(upah_minimum::BIGINT) FROM raw_umk u WHERE u.kode_kab = r.kode_kab_kerja) AS minimum_wage_idr"
        if table.helpers
        else ""
    )
    texts = ", ".join(f"{column.arrives_as} AS {raw(column)}" for column in columns)
    typed = ", ".join(each for column in columns for each in parsed(column))
    connection.execute(f"CREATE TABLE typed_{kind} AS SELECT file, line_no, {texts}, {typed}{wage} FROM raw_{kind} r")
    for rule in row_rules(table):
        if rule.kind == "unique":
            keys = ", ".join(table.unique)
            needed = " AND ".join(f"{name} IS NOT NULL" for name in table.unique_needs)
            again = f"row_number() OVER (PARTITION BY {keys} ORDER BY file, line_no) > 1"
            broken = f"SELECT rowid AS row FROM typed_{kind} WHERE {needed} QUALIFY {again}"
        else:
            broken = f"SELECT rowid AS row FROM typed_{kind} WHERE NOT ({condition(rule)})"
        if rule.severity is Severity.REJECT:
            connection.execute(f"INSERT INTO broken SELECT '{kind}', '{rule.name}', row FROM ({broken})")
        else:
            connection.execute(f"SELECT count(*) FROM ({broken})").fetchall()
    mine = f"(SELECT row FROM broken WHERE kind = '{kind}')"
    ids = [name for column in columns if column.pseudonym for name in (raw(column), column.name)]
    kept = f"* EXCLUDE ({', '.join(ids)})" if ids else "*"
    connection.execute(f"CREATE TABLE rejected_{kind} AS SELECT {kept} FROM typed_{kind} t WHERE rowid IN {mine}")
    stored = ", ".join(
        f"md5('key' || {column.name}) AS {column.name}" if column.pseudonym else column.name for column in columns
    )
    connection.execute(f"CREATE TABLE {kind} AS SELECT {stored} FROM typed_{kind} WHERE rowid NOT IN {mine}")
    connection.execute(f"DROP TABLE typed_{kind}")


def parsed(column: Column) -> Iterator[str]:
    """Yield the columns, in SQL, that an arriving text becomes."""
    yield f"{PARSED.get(column.parse, '{0}').format(column.arrives_as)} AS {column.name}"
    if column.parse is Parse.REGENCY:
        yield f"coalesce(upper({column.arrives_as}) IN (SELECT name FROM shared_name), false) AS {column.name}{AMBIGUOUS}"
        yield f"false AS {column.name}{FOREIGN}"


def condition(rule: RowRule) -> str:
    """Return what holds where a row keeps the rule, in SQL; null passes."""
    match rule.kind, rule.argument:
        case "not_null", _:
            return f"{rule.column} IS NOT NULL"
        case "in_set", tuple(values):
            return f"{rule.column} IN ({', '.join(repr(value) for value in values)})"
        case "at_least", least:
            return f"{rule.column} >= {least}"
        case "at_most", most:
            return f"{rule.column} <= {most}"
        case "pattern", pattern:
            return f"regexp_matches({rule.column}, '{pattern}')"
    return str(rule.argument)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]) / "facts.duckdb")
