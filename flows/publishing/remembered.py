"""Which cells were hidden and which runs were decided on: what people have seen is not hidden later."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from warehouse import hiding
from warehouse.files import forget_unplaced
from warehouse.home import Home
from warehouse.publish import Read
from warehouse.schema import Fact
from warehouse.seals import Damaged, sealed, whole
from warehouse.store import query
from warehouse.tables.hidden import HiddenCell

if TYPE_CHECKING:
    from transforms.disclosure import Protection

KEY = list(HiddenCell.columns)


@dataclass
class Memory:
    """The cells hidden so far, and the runs whose rows were decided on: what was published once stays as it was."""

    home: Home
    protection: Protection
    hidden: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HiddenCell.polars_schema()))
    decided: frozenset[str] = frozenset()
    settled: list[date] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    def is_decided(self) -> pl.Expr:
        """Return whether a row was decided on: its run was, or its month just now."""
        return pl.col("run_id").is_in(list(self.decided)) | pl.col("month").is_in(self.settled)

    @classmethod
    def of(cls, home: Home, protection: Protection) -> Memory:
        """Return what is remembered of the home, for who alone may publish; nothing where other thresholds held. Raises Damaged.

        Where the file is gone, the copy that stands says what was hidden and which runs it holds. What a killed process
        left beside the file is removed.
        """
        path = home.disclosure
        forget_unplaced(path)
        if not path.exists():
            return cls(home, protection, *_published(home))
        try:
            whole(path)
        except Damaged:
            raise Damaged(path, "disclosure_damaged", "bring it back from a backup: cakupan restore") from None
        told = json.loads(pl.read_parquet_metadata(path)["cakupan"])
        if (told["threshold"], told["width"]) != (protection.threshold, protection.width):
            return cls(home, protection)
        return cls(home, protection, pl.read_parquet(path), frozenset(told["decided"]))

    def keep(self) -> None:
        """Write all of it down, before anybody sees what follows from it."""
        told = {"threshold": self.protection.threshold, "width": self.protection.width, "decided": sorted(self.decided)}
        with sealed(self.home.disclosure) as beside:
            self.hidden.sort(KEY).write_parquet(beside, metadata={"cakupan": json.dumps(told)})


def _published(home: Home) -> tuple[pl.DataFrame, frozenset[str]]:
    listed = pl.DataFrame(schema=HiddenCell.polars_schema())
    if (
        home.current.exists()
        and not query(home.current, "FROM duckdb_tables() WHERE table_name = 'hidden_cell'").is_empty()
    ):
        listed = query(home.current, f"SELECT * FROM {HiddenCell.qualified()}").cast(HiddenCell.polars_schema())
    if listed.is_empty():
        return listed, frozenset()
    return listed, frozenset(
        run for table in hiding.protected() for run in runs_of(partial(query, home.current), table, "")
    )


def runs_of(read: Read, table: type[Fact], catalog: str = "warehouse.") -> list[str]:
    """Return the runs that loaded rows of a fact."""
    return read(f"SELECT DISTINCT run_id FROM {catalog}{table.qualified()}")["run_id"].to_list()
