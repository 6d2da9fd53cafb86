"""The second opinion: every fact once more in plain SQL, written from the definitions and not from the transforms.

The statements read views named like the tables (kepesertaan, iuran, badan_usaha, dim_region, ...), which hold every
accepted row, in all versions; choosing the version is part of the opinion. `$month` and `$as_of` are its days. What is not
there, because it is long past, stands in views of what is remembered of it: see `expectations.opinion.past`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import polars as pl

from warehouse.asking import Workbench
from warehouse.calendar import Version
from warehouse.schema import Fact, Table

FOLDER = Path(__file__).parent
NEEDS: dict[str, tuple[str, ...]] = {
    "account": ("receipt", "suspect"),
    "arrears": ("account",),
    "arrears_by_class": ("ever_billed", "overdue"),
    "billed": ("receipt",),
    "budget": ("spent",),
    "bundle": ("bundle_of_employers", "bundle_of_persons"),
    "bundle_of_employers": ("payer",),
    "bundle_of_persons": ("payer", "named"),
    "charged": ("member",),
    "compliance": ("employer_month",),
    "coverage": ("person", "membership_versions"),
    "doubtful": ("side", "total"),
    "due": ("owed_by_employers", "owed_by_persons", "question", "tariff"),
    "due_by_rule": ("price", "due"),
    "employer_month": ("staff", "lowest_wage", "receipt", "arrears", "paid_through", "surplus", "employer_versions"),
    "ever_billed": ("receipt",),
    "ever_in_force": ("membership_versions",),
    "fines": ("account",),
    "holders": ("in_force",),
    "in_force": ("ever_in_force",),
    "lowest_wage": ("in_force",),
    "member": ("in_force", "arrears", "employer_versions"),
    "members": ("holders",),
    "movement": ("person", "membership_versions"),
    "newly_owed": ("arrears",),
    "overdue": ("arrears",),
    "owed_by_employers": ("priced",),
    "owed_by_persons": ("priced",),
    "paid_through": ("billed",),
    "payer": ("member", "question", "charged"),
    "person": ("spot",),
    "premium": ("members", "paid", "newly_owed", "fines", "due_by_rule", "membership_versions"),
    "premium_difference": ("settled",),
    "premium_rule": ("due_by_rule",),
    "price": ("question",),
    "priced": ("bundle", "tariff"),
    "programme_coverage": ("person",),
    "question": ("member",),
    "receipt": ("contribution_versions",),
    "registration": ("in_force", "membership_versions", "employer_versions"),
    "settled": ("total", "doubtful", "due"),
    "side": ("due",),
    "spot": ("ever_in_force", "in_force"),
    "spent": ("contribution_versions",),
    "staff": ("in_force",),
    "surplus": ("billed",),
    "suspect": ("receipt",),
    "tariff": ("price",),
    "total": ("side",),
}
"""Which statements each statement reads."""
VIEWS = ("bundle", "due", "ever_in_force", "member", "payer", "priced", "receipt", "side")
OTHERWISE_CALLED = {"mart.fact_arrears": "arrears_by_class", "core.employer_month": "employer_month"}
OF_ALL = Version(date(9999, 12, 1), date(9999, 12, 31))
PART, HASHES = "$first", 2**64
"""How many values `hash` has in DuckDB. A range of them passes below joins, a remainder does not: it might raise."""
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))


@dataclass(frozen=True)
class Opinion:
    """The rows of a statement. They lie on the bench until the next opinion is asked for."""

    bench: Workbench
    sql: str

    def found(self, where: str = "true") -> pl.DataFrame:
        """Return those rows for which a condition holds."""
        return self.bench.ask(f"FROM ({self.sql}) WHERE {where}")


def has_statement(fact: type[Fact]) -> bool:
    """Return whether there is a statement that counts a fact again."""
    return statement_of(fact) in NAMES


def statement_of(fact: type[Fact]) -> str:
    """Return the name of the statement that gives the rows of a fact once more."""
    return OTHERWISE_CALLED.get(fact.qualified(), fact.name.removeprefix("fact_"))


def opinions(
    bench: Workbench, names: Sequence[str], version: Version = OF_ALL, given: Collection[str] = ()
) -> Iterator[tuple[str, Opinion]]:
    """Yield each statement's opinion of a version by its name; a step that several need is taken once, those `given` lie there.

    A step that names a part is asked part by part, for DuckDB gives up where what it groups outgrows its memory by far. A step
    is dropped when nothing that is still to come reads it. The bench holds afterwards no more than before.
    """
    made: list[str] = []
    waiting = sorted(names, key=lambda name: ("due" in _steps(name), -len(_steps(name)), name))
    shared = {step for name in names for step in _steps(name)}
    try:
        while waiting:
            name = waiting[0]
            there = {*made, *given}
            wanted = _read_by([name], there) | ({name} & shared) | ({name} if PART in text(name) else set())
            for step in [one for one in (*_steps(name), name) if one in wanted and one not in there]:
                if step in VIEWS:
                    bench.view(step, statement(step, version))
                else:
                    bench.table_in_parts(step, partial(in_parts, statement(step, version)))
                made.append(step)
                _drop(bench, made, {*waiting, *_read_by(waiting, {*made, *given})})
            bench.step = name
            is_there = name in made or name in given
            yield name, Opinion(bench, f'FROM "{name}"' if is_there else statement(name, version))
            waiting.pop(0)
            _drop(bench, made, {*waiting, *_read_by(waiting, {*made, *given})})
    finally:
        _drop(bench, made, ())


@cache
def _steps(name: str) -> tuple[str, ...]:
    """Return all that a statement needs, each step after those that it reads."""
    return tuple(dict.fromkeys(one for need in NEEDS.get(name, ()) for one in (*_steps(need), need)))


def _read_by(waiting: Sequence[str], made: Collection[str]) -> set[str]:
    """Return the steps that statements still to come read, by themselves or through a view or a step not made yet."""
    found, asked = set[str](), [one for one in waiting if one not in made]
    while asked:
        needs = [need for need in NEEDS.get(asked.pop(), ()) if need not in found]
        found.update(needs)
        asked += [need for need in needs if need in VIEWS or need not in made]
    return found


def _drop(bench: Workbench, made: list[str], kept: Collection[str]) -> None:
    for step in [one for one in reversed(made) if one not in kept]:
        bench.drop(step, view=step in VIEWS)
        made.remove(step)


def conformed(rows: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Return the rows of a statement with the stored columns of its table."""
    return rows.select(pl.col(name).cast(column.dtype) for name, column in table.stored_columns().items())


def statement(name: str, version: Version) -> str:
    """Return the text of a statement about a version."""
    return text(name).replace("$month", f"DATE '{version.month}'").replace("$as_of", f"DATE '{version.as_of_date}'")


def text(name: str) -> str:
    """Return a statement as it is written."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def in_parts(sql: str, parts: int) -> list[str]:
    """Return the text of a statement once for each part of the hashes, which is from $first to $last; once if it names none."""
    bounds = [HASHES * part // parts for part in range(parts + 1)]
    texts = [sql.replace(PART, str(first)).replace("$last", str(end - 1)) for first, end in pairwise(bounds)]
    return list(dict.fromkeys(texts))
