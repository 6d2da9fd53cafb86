"""The cells of one month in which persons are counted, and what everybody is taken to know of how they hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.disclosure import Cells, Family, Mask
from warehouse.tables.hidden import HiddenCell
from warehouse.vocabulary import NATION

ADDRESS = tuple(HiddenCell.columns)
LINE = tuple(name for name in ADDRESS if name not in ("region_code", "loaded_at"))
OF_SCOPES = {"UCJ": ("PU", "BPU", "JAKON"), "ALL": ("UCJ", "PMI")}
FLOWS = ("joined_workers", "returned_workers", "left_workers")
MOVES = ("moved_in_workers", "moved_out_workers")
PRESENT = "mart.fact_programme_coverage"
"""The table that has no rows of none: a row that is there tells of at least one person."""

Terms = pl.DataFrame
"""Columns statement, cell, factor: what a row of the matrix is made of."""


@dataclass(frozen=True)
class Month:
    """The cells of a month with its family; `cells` has the columns of `mart.hidden_cell` and value, previous, until, known, hidden."""

    cells: pl.DataFrame
    family: Family
    parents: Mapping[str, str]

    @property
    def standing(self) -> Mask:
        """Return the cells that were hidden when they were first published."""
        return self.cells["hidden"].to_numpy()

    def undecided(self) -> tuple[Month, Cells]:
        """Return the part of the month that hangs together with cells nobody has seen, and which cells it has.

        What hangs together with seen cells alone stays as it was when the last of them was decided, and so does its proof.
        """
        block, seen = blocks(self.family), self.cells["known"].to_numpy()
        kept = np.flatnonzero(self.family.open & np.isin(block, block[self.family.open & ~seen]))
        family, part = self.family, self.family.identities.tocsc()[:, kept]
        rows = np.unique(part.indices)
        family = Family(
            family.values[kept],
            part[rows],
            family.exact[rows],
            family.sums[rows],
            family.least[kept],
            family.open[kept],
        )
        return Month(self.cells[kept], family, self.parents), kept


def blocks(family: Family) -> Cells:
    """Return a number for every cell, the same for cells that statements about open cells link."""
    from scipy.sparse.csgraph import connected_components

    linked = abs(family.identities.tocsc()).multiply(family.open).tocsr()
    return np.asarray(connected_components(linked.T @ linked, directed=False)[1], np.int64)


def month_of(cells: pl.DataFrame, parents: Mapping[str, str]) -> Month:
    """Return the month of `cells`: those of the month to decide on, and those decided that hang together with them.

    Columns: those of `mart.hidden_cell`, `value`, `previous` (as_of_date of the month before, of movement), `until` (superseded_at), `known` (true
    where everybody knows the cell), `hidden` (true where it was hidden before).
    """
    from scipy.sparse import csr_matrix

    numbered = cells.with_row_index("cell")
    exact = list(_numbered(_exact(numbered, parents), 0))
    count = sum(terms["statement"].n_unique() for terms in exact)
    bounded = list(_numbered(_bounded(numbered, parents), count))
    total = count + sum(terms["statement"].n_unique() for terms in bounded)
    terms = pl.concat([*exact, *bounded], how="vertical") if exact or bounded else _no_terms()
    matrix = csr_matrix(
        (terms["factor"].to_numpy(), (terms["statement"].to_numpy(), terms["cell"].to_numpy())),
        shape=(total, numbered.height), dtype=np.int64,
    )  # fmt: skip
    least = (numbered["object"] == PRESENT).cast(pl.Int64).to_numpy()
    values = numbered["value"].to_numpy()
    known = (numbered["known"] & ~numbered["hidden"]).to_numpy() | _never(numbered)
    family = Family.of(values, matrix, np.arange(total) < count, np.minimum(least, values), known)
    return Month(cells, family, parents)


def _never(cells: pl.DataFrame) -> Mask:
    """Return the cells that everybody knows to be zero: nobody moves into the nation or out of it."""
    return (cells["column_name"].is_in(MOVES) & (cells["region_code"] == NATION)).to_numpy()


def _numbered(statements: Iterator[Terms], first: int) -> Iterator[Terms]:
    """Yield the terms with their statements numbered from `first` over all of them."""
    for terms in statements:
        if terms.height:
            yield terms.select(
                (pl.col("statement").rank("dense").cast(pl.Int64) - 1 + first).alias("statement"),
                pl.col("cell").cast(pl.Int64), pl.col("factor").cast(pl.Int64),
            )  # fmt: skip
            first += terms["statement"].n_unique()


def _no_terms() -> Terms:
    return pl.DataFrame(schema={"statement": pl.Int64, "cell": pl.Int64, "factor": pl.Int64})


def _exact(cells: pl.DataFrame, parents: Mapping[str, str]) -> Iterator[Terms]:
    standing = _standing(cells)
    yield from _over_regions(standing.filter(~_counts_moves()), parents)
    yield from _over_scopes(standing)
    yield _in_a_row(
        standing.filter(pl.col("object") == "mart.fact_movement"),
        {"active_workers": 1, "previous_workers": -1, "joined_workers": -1, "returned_workers": -1, "moved_in_workers": -1,
         "left_workers": 1, "moved_out_workers": 1},
    )  # fmt: skip
    both = standing.filter(pl.col("object").is_in(["mart.fact_coverage", "mart.fact_movement"]))
    with_movement = both.filter((pl.col("object") == "mart.fact_movement").any().over(*_ROW, "state"))
    yield _across(
        with_movement, {("mart.fact_coverage", "active_workers"): 1, ("mart.fact_movement", "active_workers"): -1}
    )
    yield _across(
        with_movement,
        {("mart.fact_coverage", "joined_workers"): 1, ("mart.fact_coverage", "returned_workers"): 1,
         ("mart.fact_movement", "joined_workers"): -1, ("mart.fact_movement", "returned_workers"): -1,
         ("mart.fact_movement", "moved_in_workers"): -1},
    )  # fmt: skip
    yield _across(
        with_movement,
        {("mart.fact_coverage", "left_workers"): 1, ("mart.fact_movement", "left_workers"): -1,
         ("mart.fact_movement", "moved_out_workers"): -1},
    )  # fmt: skip
    active = (pl.col("object") == "mart.fact_coverage") & (pl.col("column_name") == "active_workers")
    yield _with_the_month_before(
        _standing_together(cells.filter(active | (pl.col("column_name") == "previous_workers")))
    )
    yield _by_funding(_standing_together(cells.filter(pl.col("object").is_in([PRESENT, "mart.fact_premium"]))))


def _counts_moves() -> pl.Expr:
    """Return whether a cell counts who moved between parts of a whole: of that nobody knows how many there are."""
    flows = (pl.col("object") == "mart.fact_coverage") & pl.col("column_name").is_in(FLOWS)
    return pl.col("column_name").is_in(MOVES) | flows


def _counts_changes() -> pl.Expr:
    """Return whether a cell counts a change: who joins a segment may have been in another of the scope, which he does not join."""
    return pl.col("column_name").is_in([*FLOWS, *MOVES])


def _bounded(cells: pl.DataFrame, parents: Mapping[str, str]) -> Iterator[Terms]:
    standing = _standing(cells)
    coverage = standing.filter(pl.col("object") == "mart.fact_coverage")
    yield _in_a_row(coverage, {"active_workers": 1, "vulnerable_workers": -1})
    yield _in_a_row(coverage, {"active_workers": 1, "joined_workers": -1, "returned_workers": -1})
    registration = standing.filter(pl.col("object") == "mart.fact_registration")
    yield _in_a_row(registration, {"registered_workers": 1, "member_workers": -1})
    yield _in_a_row(registration, {"member_workers": 1, "employer_member_workers": -1})
    yield _within_the_active(standing)
    yield from _over_regions(standing.filter(_counts_moves(), pl.col("column_name") != "returned_workers"), parents)
    arrived = coverage.filter(pl.col("column_name").is_in(["joined_workers", "returned_workers"]))
    yield from _over_regions(arrived.with_columns(column_name=pl.lit("arrived")), parents)
    yield _inside(*_regions(standing.filter(~_counts_moves()), parents))
    yield from (_inside(*found) for found in _scopes(standing.filter(~_counts_changes())))


_ROW = ("region_code", "month", "as_of_date", "basis", "segment", "programme", "funding_source")


def _standing(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells once per moment at which something of their version was loaded or replaced, and they stood."""
    version = ["month", "as_of_date"]
    states = pl.concat([cells.select(*version, state=name) for name in ("loaded_at", "until")]).drop_nulls("state")
    return _stood(cells.join(states.unique(), on=version, how="inner"))


def _standing_together(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells, of several versions, once per moment at which one of them was loaded, and they stood."""
    return _stood(cells.join(cells.select(pl.col("loaded_at").unique().sort().alias("state")), how="cross"))


def _stood(cells: pl.DataFrame) -> pl.DataFrame:
    until = pl.col("until")
    return cells.filter((pl.col("loaded_at") <= pl.col("state")) & (until.is_null() | (until > pl.col("state"))))


def _statement(*columns: str) -> pl.Expr:
    return pl.struct(columns).alias("statement")


def _over_regions(cells: pl.DataFrame, parents: Mapping[str, str]) -> Iterator[Terms]:
    """Yield what a province or the nation is of its parts."""
    parts, wholes, key = _regions(cells, parents)
    yield _terms([(parts, 1), (wholes, -1)], key)


def _regions(cells: pl.DataFrame, parents: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Return the cells of parts, those of wholes that have parts, and the key that brings them together."""
    key = ["state", *LINE]
    children = cells.with_columns(pl.col("region_code").replace_strict(parents, default=None).alias("whole"))
    children = children.drop_nulls("whole").select(*key, "whole", "cell")
    wholes = cells.select(*key, pl.col("region_code").alias("whole"), "cell").join(
        children.select(*key, "whole").unique(), on=[*key, "whole"], how="semi"
    )
    parts = children.join(wholes.select(*key, "whole"), on=[*key, "whole"], how="semi")
    return parts, wholes, [*key, "whole"]


def _inside(parts: pl.DataFrame, wholes: pl.DataFrame, key: list[str]) -> Terms:
    """Return that no part, which has `whole` beside `key`, has more persons than its whole."""
    pairs = parts.join(wholes.select(*key, pl.col("cell").alias("of")), on=key, how="inner")
    statement = pl.col("cell").cast(pl.Int64).alias("statement")
    more = pairs.select(statement, pl.col("of").alias("cell"), factor=pl.lit(1))
    return pl.concat([more, pairs.select(statement, "cell", factor=pl.lit(-1))]).unique()


def _over_scopes(cells: pl.DataFrame) -> Iterator[Terms]:
    """Yield what a scope is of its segments; fact_premium has segments alone."""
    for parts, whole, key in _scopes(cells):
        yield _terms([(parts, 1), (whole, -1)], key)


def _scopes(cells: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, list[str]]]:
    scoped = cells.filter(
        pl.col("object").is_in(["mart.fact_coverage", "mart.fact_programme_coverage", "mart.fact_movement"])
    )
    key = ["state", "region_code", *(name for name in LINE if name != "segment")]
    for scope, parts in OF_SCOPES.items():
        whole = scoped.filter(pl.col("segment") == scope)
        found = scoped.filter(pl.col("segment").is_in(parts)).join(whole.select(key), on=key, how="semi")
        yield found, whole, key


def _in_a_row(cells: pl.DataFrame, factors: Mapping[str, int]) -> Terms:
    key = ["state", "region_code", *(name for name in LINE if name != "column_name")]
    return _weighted(cells, pl.col("column_name").replace_strict(factors, default=0, return_dtype=pl.Int64), key)


def _across(cells: pl.DataFrame, factors: Mapping[tuple[str, str], int]) -> Terms:
    names = {f"{table}.{column}": factor for (table, column), factor in factors.items()}
    name = pl.concat_str("object", "column_name", separator=".")
    return _weighted(cells, name.replace_strict(names, default=0, return_dtype=pl.Int64), ["state", *_ROW])


def _within_the_active(cells: pl.DataFrame) -> Terms:
    """Return that nobody holds a programme who is not in force."""
    key = ["state", *(name for name in _ROW if name != "programme")]
    active = cells.filter((pl.col("object") == "mart.fact_coverage") & (pl.col("column_name") == "active_workers"))
    holders = cells.filter(pl.col("object") == PRESENT).join(
        active.select(*key, pl.col("cell").alias("whole")), on=key, how="inner"
    )
    holders = holders.select(_statement("cell", "whole"), "cell", "whole").unique()
    more = holders.select("statement", pl.col("whole").alias("cell"), factor=pl.lit(1))
    return pl.concat([more, holders.select("statement", "cell", factor=pl.lit(-1))])


def _with_the_month_before(cells: pl.DataFrame) -> Terms:
    """Return that those of the month before are those who were in force then."""
    key = ["state", "region_code", "basis", "segment", "month", "as_of_date"]
    previous = cells.filter(pl.col("column_name") == "previous_workers").with_columns(
        pl.col("month").dt.offset_by("-1mo"), as_of_date="previous"
    )
    active = cells.filter((pl.col("object") == "mart.fact_coverage") & (pl.col("column_name") == "active_workers"))
    pairs = previous.select(*key, "cell").join(active.select(*key, pl.col("cell").alias("before")), on=key, how="inner")
    pairs = pairs.select(_statement("cell", "before"), "cell", "before")
    return pl.concat(
        [
            pairs.select("statement", "cell", factor=pl.lit(1)),
            pairs.select("statement", pl.col("before").alias("cell"), factor=pl.lit(-1)),
        ]
    ).unique()


def _by_funding(cells: pl.DataFrame) -> Terms:
    """Return that who holds a programme holds it on some funding source, by the newest snapshot not after the bills."""
    key = ["state", "region_code", "month", "segment", "programme"]
    holders = cells.filter((pl.col("object") == PRESENT) & (pl.col("basis") == "RESIDENCE"))
    members = cells.filter(pl.col("column_name") == "members").sort("as_of_date")
    if not members.height or not holders.height:
        return _no_terms()
    linked = members.join_asof(
        holders.select(*key, "as_of_date", pl.col("cell").alias("whole")).sort("as_of_date"),
        on="as_of_date", by=key, strategy="backward", check_sortedness=False,
    ).drop_nulls("whole")  # fmt: skip
    statement = pl.struct("state", "as_of_date", "whole").alias("statement")
    wholes = linked.select(statement, pl.col("whole").alias("cell"), factor=pl.lit(-1)).unique()
    return pl.concat([linked.select(statement, "cell", factor=pl.lit(1)), wholes])


def _weighted(cells: pl.DataFrame, factor: pl.Expr, key: list[str]) -> Terms:
    return cells.select(_statement(*key), "cell", factor.alias("factor")).filter(pl.col("factor") != 0)


def _terms(parts: list[tuple[pl.DataFrame, int]], key: list[str]) -> Terms:
    return pl.concat([cells.select(_statement(*key), "cell", factor=pl.lit(factor)) for cells, factor in parts])
