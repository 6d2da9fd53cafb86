"""An outsider who has the published copy, knows the declared statements to the unit, and works out what is hidden.

Written apart from the product: rows are read by SQL one by one, and statements are put down in loops. The exact warehouse is
read for one thing alone, the sum of every exact statement, since the attacker is granted it: how many persons a total counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.sparse import csr_matrix

from transforms.disclosure import Family
from transforms.disclosure_attack import Interval, narrow

COUNTS = {
    "fact_coverage": ("active_workers", "vulnerable_workers", "joined_workers", "returned_workers", "left_workers"),
    "fact_programme_coverage": ("active_workers",),
    "fact_movement": ("previous_workers", "joined_workers", "returned_workers", "moved_in_workers", "left_workers",
                      "moved_out_workers", "active_workers"),
    "fact_registration": ("registered_workers", "member_workers", "employer_member_workers"),
    "fact_premium": ("members",),
    "fact_premium_rule": ("memberships",),
}  # fmt: skip
CHANGES = ("joined_workers", "returned_workers", "moved_in_workers", "left_workers", "moved_out_workers")
WORDS = ("region_code", "month", "as_of_date", "basis", "segment", "programme", "funding_source", "rules")
Cell = tuple[Any, ...]
Factors = dict[Cell, int]


class Outsider:
    """The rows that stand of a published copy, what is hidden in them, and the statements that everybody knows."""

    def __init__(self, published: Path, exact: Path) -> None:
        shown, true = cells_of(published), cells_of(exact)
        self.exact = {name: value for name, value in true.items() if value is not None}
        self.shown = {name: shown[name] for name in self.exact}
        self.parents = parents_of(published)
        self.previous = previous_of(published)
        self.statements: list[tuple[Factors, bool]] = [
            *self._regions(), *self._scopes(), *self._rows(), *self._months(), *self._funding(), *self._rules()
        ]  # fmt: skip

    def narrow(self, width: int) -> dict[Cell, Interval]:
        """Return the hidden counts that the attacker bounds within less than `width`."""
        names = [*self.exact]
        place = {name: at for at, name in enumerate(names)}
        hidden = np.array([self.shown[name] is None for name in names])
        entries = [
            (row, place[cell], factor)
            for row, (factors, _) in enumerate(self.statements)
            for cell, factor in factors.items()
        ]
        rows, columns, factors = zip(*entries, strict=True)
        matrix = csr_matrix((factors, (rows, columns)), shape=(len(self.statements), len(names)))
        true = np.array([self.exact[name] for name in names])
        least = np.array([int(name[0] == "fact_programme_coverage") for name in names])
        exact = np.array([is_exact for _, is_exact in self.statements])
        sums = matrix @ true
        if sums[~exact].min(initial=0) < 0:
            raise ArithmeticError("the counts break what everybody is taken to know")
        sums = np.where(exact, sums, 0)
        told = np.where(hidden, -1, true)
        found = narrow(Family(told, matrix, exact, sums, np.minimum(least, true), ~hidden), hidden, width, whole=False)
        return {names[one.cell]: one for one in found}

    def _with(self, cell: Cell, **changed: Any) -> Cell:
        words = dict(zip(WORDS, cell[2:], strict=True)) | {key: value for key, value in changed.items() if key in WORDS}
        return (changed.get("table", cell[0]), changed.get("column", cell[1]), *words.values())

    def _regions(self) -> Iterator[tuple[Factors, bool]]:
        parts: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in self.exact:
            if cell[0].startswith("fact_premium") or cell[2] not in self.parents:
                continue
            parts[self._with(cell, region_code=self.parents[cell[2]])].append(cell)
        for whole, mine in parts.items():
            if whole in self.exact:
                moves = "moved" in whole[1] or (whole[0] == "fact_coverage" and whole[1] in CHANGES)
                sums = dict.fromkeys(mine, 1) | {whole: -1}
                if whole[:2] == ("fact_coverage", "returned_workers"):  # who is new to a part may be back in the whole
                    sums |= {self._with(one, column="joined_workers"): by for one, by in sums.items()}
                yield sums, not moves
                yield from (({whole: 1, part: -1}, False) for part in mine if not moves)

    def _scopes(self) -> Iterator[tuple[Factors, bool]]:
        for cell in self.exact:
            for scope, segments in (("UCJ", ("PU", "BPU", "JAKON")), ("ALL", ("UCJ", "PMI"))):
                if cell[6] == scope:
                    mine = [self._with(cell, segment=segment) for segment in segments]
                    yield {one: 1 for one in mine if one in self.exact} | {cell: -1}, True
                    stock = cell[1] not in CHANGES
                    yield from (({cell: 1, one: -1}, False) for one in mine if stock and one in self.exact)

    def _rows(self) -> Iterator[tuple[Factors, bool]]:
        for cell in [one for one in self.exact if one[:2] == ("fact_movement", "active_workers")]:
            column = {name: self._with(cell, column=name) for name in COUNTS["fact_movement"]}
            arrivals = ("previous_workers", "joined_workers", "returned_workers", "moved_in_workers")
            gone = ("left_workers", "moved_out_workers")
            yield {cell: 1} | {column[one]: -1 for one in arrivals} | {column[one]: 1 for one in gone}, True
            beside = {name: self._with(cell, table="fact_coverage", column=name) for name in COUNTS["fact_coverage"]}
            yield {cell: 1, beside["active_workers"]: -1}, True
            yield (
                {beside["joined_workers"]: 1, beside["returned_workers"]: 1}
                | {column[one]: -1 for one in arrivals[1:]},
                True,
            )
            yield {beside["left_workers"]: 1} | {column[one]: -1 for one in gone}, True
        bounds = (
            ("fact_coverage", "active_workers", ("vulnerable_workers",)),
            ("fact_coverage", "active_workers", ("joined_workers", "returned_workers")),
            ("fact_registration", "registered_workers", ("member_workers",)),
            ("fact_registration", "member_workers", ("employer_member_workers",)),
        )
        for cell in self.exact:
            for table, most, parts in bounds:
                if cell[:2] == (table, most):
                    inner = [self._with(cell, column=part) for part in parts]
                    yield {cell: 1} | {one: -1 for one in inner if one in self.exact}, False
            if cell[0] == "fact_programme_coverage":
                active = self._with(cell, table="fact_coverage", programme="")
                if active in self.exact:
                    yield {active: 1, cell: -1}, False

    def _months(self) -> Iterator[tuple[Factors, bool]]:
        for cell in [one for one in self.exact if one[1] == "previous_workers"]:
            month, as_of = self.previous[cell[3], cell[4]]
            before = self._with(cell, table="fact_coverage", column="active_workers", month=month, as_of_date=as_of)
            if before in self.exact:
                yield {cell: 1, before: -1}, True

    def _funding(self) -> Iterator[tuple[Factors, bool]]:
        groups: dict[Cell, list[Cell]] = defaultdict(list)
        snapshots: dict[Any, set[Any]] = defaultdict(set)
        for cell in self.exact:
            if cell[0] == "fact_programme_coverage":
                snapshots[cell[3]].add(cell[4])
        for cell in [one for one in self.exact if one[0] == "fact_premium"]:
            seen = max((day for day in snapshots[cell[3]] if day <= cell[4]), default=None)
            whole = self._with(cell, table="fact_programme_coverage", column="active_workers", as_of_date=seen,
                               basis="RESIDENCE", funding_source="")  # fmt: skip
            groups[*whole, cell[4]].append(cell)
        for key, mine in groups.items():
            if key[:-1] in self.exact:
                yield dict.fromkeys(mine, 1) | {key[:-1]: -1}, True

    def _rules(self) -> Iterator[tuple[Factors, bool]]:
        """Yield the rules of every group of which the contribution due is published: with it goes how many there are."""
        groups: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in [one for one in self.exact if one[0] == "fact_premium_rule"]:
            groups[self._with(cell, table="fact_premium", column="members", rules="")].append(cell)
        for members, mine in groups.items():
            if self.shown.get(members) is not None:
                yield dict.fromkeys(mine, 1), True


def cells_of(file: Path) -> dict[Cell, Any]:
    """Return every count of persons in the rows that stand, by table, column and WORDS; None where it is hidden."""
    found: dict[Cell, Any] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        for table, columns in COUNTS.items():
            names = [name for name, *_ in connection.execute(f"DESCRIBE mart.{table}").fetchall()]
            words = ", ".join(word if word in names else "''" for word in WORDS)
            for column in columns:
                sql = f"SELECT {words}, {column} FROM mart.{table} WHERE superseded_at IS NULL ORDER BY ALL"
                for *row, value in connection.execute(sql).fetchall():
                    found[(table, column, *row)] = value
    return found


def parents_of(file: Path) -> dict[str, str]:
    """Return the province of every regency, and the nation of every province."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute("SELECT region_code, province_code, level FROM mart.dim_region").fetchall()
    return {code: province if level == "regency" else "00" for code, province, level in rows if level != "national"}


def previous_of(file: Path) -> dict[tuple[Any, Any], tuple[Any, Any]]:
    """Return the month before and its as_of_date for every version of a month."""
    sql = "SELECT DISTINCT month, as_of_date, (month - INTERVAL 1 MONTH)::DATE, previous_as_of_date FROM mart.fact_movement"
    with duckdb.connect(str(file), read_only=True) as connection:
        return {(month, seen): (before, day) for month, seen, before, day in connection.execute(sql).fetchall()}
