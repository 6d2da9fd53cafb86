"""The second opinion: every fact once more in plain SQL, written from the definitions and not from the transforms.

The statements read views named like the tables (kepesertaan, iuran, badan_usaha, dim_region, ...), which hold every
accepted row, in all versions; choosing the version is part of the opinion. `$month` and `$as_of` are its days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.schema import Fact, Table

FOLDER = Path(__file__).parent
PERSON = ("ever_in_force", "in_force", "spot", "person")
FORCE = ("ever_in_force", "in_force")
ARREARS = ("receipt", "account", "arrears")
DUE = (*FORCE, *ARREARS, "member", "question", "price", "tariff", "bundle", "priced", "due")
NEEDS: dict[str, tuple[str, ...]] = {
    "arrears_by_class": ARREARS,
    "compliance": (*FORCE, *ARREARS, "employer_month"),
    "coverage": PERSON,
    "due": DUE[:-1],
    "employer_month": (*FORCE, *ARREARS),
    "fines": ARREARS[:-1],
    "movement": PERSON,
    "premium": (*DUE, "fines"),
    "premium_difference": DUE,
    "premium_rule": DUE,
    "programme_coverage": PERSON,
    "registration": FORCE,
}
VIEWS = ("ever_in_force", "member", "priced", "receipt")
OTHERWISE_CALLED = {"mart.fact_arrears": "arrears_by_class", "core.employer_month": "employer_month"}
OF_ALL = Version(date(9999, 12, 1), date(9999, 12, 31))
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


def has_statement(fact: type[Fact]) -> bool:
    """Return whether there is a statement that counts a fact again."""
    return statement_of(fact) in NAMES


def statement_of(fact: type[Fact]) -> str:
    """Return the name of the statement that gives the rows of a fact once more."""
    return OTHERWISE_CALLED.get(fact.qualified(), fact.name.removeprefix("fact_"))


def opinions(bench: Workbench, names: Sequence[str], version: Version = OF_ALL) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows of each statement for a version by its name; a step that several need is taken once.

    The bench holds what the statements read, and afterwards no more than before.
    """
    shared = {step for name in names for step in NEEDS.get(name, ())}
    made: list[str] = []
    waiting = sorted(names, key=lambda name: (NEEDS.get(name, ()), name))
    try:
        while waiting:
            name = waiting.pop(0)
            for step in [*NEEDS.get(name, ()), *({name} & shared)]:
                if step not in made:
                    (bench.view if step in VIEWS else bench.table)(step, _statement(step, version))
                    made.append(step)
            yield name, bench.ask(f'FROM "{name}"' if name in made else _statement(name, version))
            _drop(bench, made, {step for one in waiting for step in (*NEEDS.get(one, ()), one)})
    finally:
        _drop(bench, made)


def _drop(bench: Workbench, made: list[str], needed: Collection[str] = ()) -> None:
    """Take away the steps that nothing needs any more."""
    for step in [one for one in reversed(made) if one not in needed]:
        bench.drop(step, view=step in VIEWS)
        made.remove(step)


def conformed(rows: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Return the rows of a statement with the stored columns of its table."""
    return rows.select(pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items())


def _statement(name: str, version: Version) -> str:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("$month", f"DATE '{version.month}'").replace("$as_of", f"DATE '{version.as_of_date}'")
