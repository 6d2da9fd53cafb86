"""Random families of linked tables: regions of three levels, segments and scopes, programmes, movement, bills, revisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from transforms.disclosure import Family
from warehouse.seeds import seed_rows

SEGMENTS = ("PU", "BPU", "JAKON", "PMI", "UCJ", "ALL")
SCOPES = {"UCJ": ("PU", "BPU", "JAKON"), "ALL": ("UCJ", "PMI")}
MEMBERS = (0.072, 0.026, 0.0036, 0.0008)
"""Of whose population, by segment, as many are members where the middle one of the regencies is meant; regencies differ."""
SPREAD, SELDOM = 1.0, 50
"""How unlike regencies are, and a number of members at which a segment is often not there at all."""
COVERAGE = ("active_workers", "vulnerable_workers", "joined_workers", "returned_workers", "left_workers")
ARRIVALS = ("previous_workers", "joined_workers", "returned_workers", "moved_in_workers")
GONE = ("left_workers", "moved_out_workers")
CHANGES = (*ARRIVALS[1:], *GONE)
FIRST = date(2026, 1, 31)
Counts = NDArray[np.int64]
Cell = tuple[str, str, str, str, str, str]
"""Table, column, region, segment, programme and funding source."""
Named = tuple[Cell, int]
"""A cell of a revision."""
Statement = tuple[dict[Named, int], bool]
"""Factors of cells, and whether their sum is known to the unit; else it is at least 0."""


@cache
def populations() -> Counts:
    """Return how many people live in each regency, of the seeds."""
    found = [row["population"] for row in seed_rows("regions.csv") if row["level"] == "regency"]
    return np.array([int(one) for one in found if one])


class World:
    """Counts of real regencies by population; who moves, moves between regencies; scopes count persons once.

    `revision` adds a version of the month; `cells` is what the product is asked about; `outside` what an attacker knows.
    """

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        provinces = [str(p) for p in range(11, 11 + self.draw.integers(2, 4))]
        self.leaves = [f"{p}.{r:02d}" for p in provinces for r in range(1, self.draw.integers(4, 9) + 1)]
        self.parts = {p: [leaf for leaf in self.leaves if leaf.startswith(p)] for p in provinces} | {"00": provinces}
        self.parents = {part: whole for whole, parts in self.parts.items() for part in parts}
        self.regions = [*self.leaves, *self.parts]
        self.of = np.array(
            [[leaf.startswith(region) or region == "00" for leaf in self.leaves] for region in self.regions]
        )
        population = self.draw.choice(populations(), (len(self.leaves), 1))
        shape = (len(self.leaves), len(MEMBERS))
        members = population * MEMBERS * self.draw.lognormal(0, SPREAD, shape)
        self.base = members * (members > self.draw.exponential(SELDOM, shape))
        self.cells = pl.DataFrame()
        self.count = self.snapshot = 0
        self.values: dict[Named, int] = {}
        self.holders: dict[Cell, int] = {}

    def revision(self) -> None:
        """Add the next version of the month: a snapshot with its bills, or now and then the bills alone."""
        number, self.count = self.count, self.count + 1
        found: dict[Cell, int] = {}
        if number == 0 or self.draw.random() > 0.25:
            self.snapshot, self.values = number, {}
            found = dict(self._snapshot())
            self.holders = {cell: value for cell, value in found.items() if cell[4] == "JHT" and cell[2] in self.leaves}
        found |= dict(self._bills())
        self.values |= {(cell, number): value for cell, value in found.items()}
        self.cells = pl.concat([self.cells, self._frame(found, number)], how="vertical" if number else "diagonal")

    def decide(self, chosen: pl.DataFrame) -> None:
        """Publish: what was hidden of `cells` is remembered, and everything is known from now on or hidden for good."""
        self.cells = chosen.sort("at").with_columns(known=pl.lit(True), decided=pl.lit(True))

    def outside(self) -> tuple[Family, NDArray[np.bool_]]:
        """Return what the attacker has of the newest snapshot and all bills since, and what is hidden; -1 stands for a hidden value.

        Versions before hang together with these by no statement: they were attacked when they were new.
        """
        names = [*self.values]
        place = {name: at for at, name in enumerate(names)}
        hidden = self.cells.filter(pl.col("revision") >= self.snapshot)["hidden"].to_numpy()
        statements = [*self._statements()]
        entries = [
            (row, place[name], by) for row, (factors, _) in enumerate(statements) for name, by in factors.items()
        ]
        rows, columns, factors = zip(*entries, strict=True)
        matrix = csr_matrix((factors, (rows, columns)), shape=(len(statements), len(names)))
        values, exact = np.array([*self.values.values()]), np.array([is_exact for _, is_exact in statements])
        if (sums := matrix @ values)[~exact].min(initial=0) < 0:
            raise ArithmeticError("this world breaks what everybody knows of it")
        least = np.array([int(cell[0] == "mart.fact_programme_coverage") for cell, _ in names])
        told = np.where(hidden, -1, values)
        return Family(told, matrix, exact, np.where(exact, sums, 0), least, hidden), hidden

    def _frame(self, found: dict[Cell, int], number: int) -> pl.DataFrame:
        words = ("object", "column_name", "region_code", "segment", "programme", "funding_source")
        is_census = pl.col("object").is_in(["mart.fact_premium"]).not_()
        return pl.DataFrame([*found], schema=words, orient="row").with_columns(
            at=pl.int_range(pl.len()) + self.cells.height, revision=pl.lit(number),
            month=pl.lit(date(2026, 1, 1)), as_of_date=pl.lit(FIRST + timedelta(number)),
            basis=pl.when(is_census).then(pl.lit("RESIDENCE")).otherwise(pl.lit("")),
            part=pl.lit(""), loaded_at=pl.lit(datetime(2026, 2, 1) + timedelta(number)),
            value=pl.Series([*found.values()], dtype=pl.Int64), previous=pl.lit(None, pl.Date),
            until=pl.lit(None, pl.Datetime("us")), known=pl.lit(False), decided=pl.lit(False), hidden=pl.lit(False),
        )  # fmt: skip

    def _snapshot(self) -> Iterator[tuple[Cell, int]]:
        """Yield the cells of a census and of who came and went."""
        draw, of = self.draw, self.of.astype(np.int64)
        before = draw.poisson(self.base)
        left = draw.binomial(before, 0.03)
        out = draw.binomial(before - left, 0.01)
        stay, joined, returned, gone = (
            self._scoped(one) for one in (before - left - out, draw.binomial(before, 0.05), draw.binomial(before, 0.01), left)
        )  # fmt: skip
        moves = self._moves(out)
        within = np.einsum("ri,ijks,rj->rks", of, moves, of)
        came = np.einsum("ijks,rj->rks", moves, of) - within
        went = (np.einsum("ijks,ri->rks", moves, of) - within).sum(axis=1)
        stay, joined, returned, gone = of @ stay + within.sum(axis=1), of @ joined, of @ returned, of @ gone
        arrived = came.sum(axis=1)
        active = stay + joined + returned + arrived
        few = draw.binomial(active[: len(self.leaves), :4], 0.1)
        vulnerable = of @ np.minimum(self._scoped(few), active[: len(self.leaves)])
        coverage = (active, vulnerable, joined + came[:, 0], returned + came[:, 1], gone + went)
        movement = (stay + gone + went, joined, returned, arrived, gone, went, active)
        for column, counts in zip(COVERAGE, coverage, strict=True):
            yield from self._named("mart.fact_coverage", column, "", counts)
        for column, counts in zip((*ARRIVALS, *GONE, "active_workers"), movement, strict=True):
            yield from self._named("mart.fact_movement", column, "", counts)
        for programme, share in (("JKK", 0.98), ("JHT", 0.4)):
            holders = self._named(
                "mart.fact_programme_coverage", "active_workers", programme, self._held(active, share)
            )
            yield from ((cell, value) for cell, value in holders if value)

    def _named(self, table: str, column: str, programme: str, counts: Counts) -> Iterator[tuple[Cell, int]]:
        for region, row in zip(self.regions, counts.tolist(), strict=True):
            for segment, value in zip(SEGMENTS, row, strict=True):
                yield (table, column, region, segment, programme, ""), value

    def _once(self, parts: Counts, share: float) -> Counts:
        """Return how many persons there are, some of them in two parts (the last axis)."""
        total: Counts = parts.sum(axis=-1) - self.draw.binomial(parts.sum(axis=-1) - parts.max(axis=-1), share)
        return total

    def _scoped(self, counts: Counts) -> Counts:
        ucj = self._once(counts[:, :3], 0.1)
        both = np.stack([ucj, counts[:, 3]], axis=1)
        return np.column_stack([counts, ucj, self._once(both, 0.1)])

    def _moves(self, out: Counts) -> Counts:
        """Return who moved, by regency of before, regency of now, joined or returned, and segment; nobody of them is in two."""
        size = len(self.leaves)
        chance = (1 - np.eye(size)) / (size - 1)
        moved = self.draw.multinomial(out, chance[:, None, :]).transpose(0, 2, 1)
        joined = self.draw.binomial(moved, 0.8)
        kinds = np.stack([joined, moved - joined], axis=2)
        ucj = kinds[..., :3].sum(axis=-1)
        return np.concatenate([kinds, ucj[..., None], (ucj + kinds[..., 3])[..., None]], axis=-1)

    def _held(self, active: Counts, share: float) -> Counts:
        """Return who holds a programme: persons, counted once over regions and over segments."""
        size = len(self.leaves)
        held = np.zeros_like(active)
        held[:size] = np.minimum(self._scoped(self.draw.binomial(active[:size, :4], share)), active[:size])
        for at, whole in list(enumerate(self.regions))[size:]:
            parts = held[[self.regions.index(part) for part in self.parts[whole]]]
            once = self._once(parts.T, 0.01)
            once[4] = max(once[4], once[:3].max())
            once[5] = max(once[5], once[4], once[3])
            held[at] = once
        return held

    def _bills(self) -> Iterator[tuple[Cell, int]]:
        """Yield on what funding those hold a programme who do."""
        for (_, _, region, segment, programme, _), count in self.holders.items():
            paid = int(self.draw.binomial(count, 0.02))
            for source, members in (("SELF", count - paid), ("APBD", paid)):
                yield ("mart.fact_premium", "members", region, segment, programme, source), members

    def _statements(self) -> Iterator[Statement]:
        bills: dict[Named, dict[Named, int]] = {}
        for cell, number in self.values:
            table, column, region, segment, programme, source = cell
            if source:
                whole = ("mart.fact_programme_coverage", "active_workers", region, segment, programme, "")
                bills.setdefault((whole, number), {(whole, self.snapshot): -1})[cell, number] = 1
                continue
            for segment_of in SCOPES.get(segment, ()) and [SCOPES[segment]]:
                parts = [(table, column, region, part, programme, "") for part in segment_of]
                yield from self._whole(cell, parts, True, has_inside=column not in CHANGES)
            if region in self.parts:
                moves = "moved" in column or (table == "mart.fact_coverage" and column in CHANGES)
                parts = [(table, column, part, segment, programme, "") for part in self.parts[region]]
                yield from self._whole(cell, parts, not moves, has_inside=not moves)
            if programme:
                yield {(("mart.fact_coverage", column, region, segment, "", ""), number): 1, (cell, number): -1}, False
            if (table, column) == ("mart.fact_movement", "active_workers"):
                yield from self._row(region, segment)
        yield from ((factors, True) for factors in bills.values())

    def _whole(self, cell: Cell, parts: list[Cell], exact: bool, has_inside: bool) -> Iterator[Statement]:
        """Yield what a whole is of those parts that are there: the sum to the unit, or no more than all of them.

        Where it `has_inside` what each part counts, it is no less than any. Who is new to a part may have come back to the whole.
        """
        whole = (cell, self.snapshot)
        mine = [(part, self.snapshot) for part in parts if (part, self.snapshot) in self.values]
        sums = dict.fromkeys(mine, 1) | {whole: -1}
        if not exact and cell[1] == "returned_workers":
            sums |= {((one[0], "joined_workers", *one[2:]), number): by for (one, number), by in sums.items()}
        yield sums, exact
        if has_inside:
            yield from (({whole: 1, part: -1}, False) for part in mine)

    def _row(self, region: str, segment: str) -> Iterator[Statement]:
        def of(table: str, *columns: str, by: int = 1) -> dict[Named, Any]:
            return {((f"mart.fact_{table}", column, region, segment, "", ""), self.snapshot): by for column in columns}

        active = of("movement", "active_workers")
        yield active | of("movement", *ARRIVALS, by=-1) | of("movement", *GONE), True
        yield active | of("coverage", "active_workers", by=-1), True
        yield of("coverage", "joined_workers", "returned_workers") | of("movement", *ARRIVALS[1:], by=-1), True
        yield of("coverage", "left_workers") | of("movement", *GONE, by=-1), True
        yield of("coverage", "active_workers") | of("coverage", "vulnerable_workers", by=-1), False
        yield of("coverage", "active_workers") | of("coverage", "joined_workers", "returned_workers", by=-1), False
