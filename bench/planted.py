"""Writing a file of the bench: defective copies among its rows, and how many of each rule there are."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from bench.world import MONTH, SEEN, World
from warehouse.rules import row_rules
from warehouse.schema import Extract, Severity
from warehouse.synthetic.defects import warnings
from warehouse.synthetic.planting import as_text, as_typed, plant
from warehouse.synthetic.writing import complete
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership

EXTRACTS: tuple[type[Extract], ...] = (Membership, Contribution, Employer)
LEDGER = "_ledger/planted.json"


@dataclass
class Books:
    """How many rows were written by kind, and by kind and rule how many were planted and how many earn a warning."""

    files: int = 0
    bytes: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    rejected: dict[str, Counter[str]] = field(default_factory=dict)
    rejected_rows: Counter[str] = field(default_factory=Counter)
    warned: dict[str, Counter[str]] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)


class Writer:
    """Writes the files of a world and keeps their books."""

    def __init__(self, world: World) -> None:
        self.world, self.books = world, Books()

    def write(self, table: type[Extract], name: str, frame: pl.DataFrame, *, clean: bool = False) -> None:
        """Write `frame`, typed and under source names, with planted copies unless it is to stay clean."""
        world, kind, books = self.world, table.kind, self.books
        file = f"{kind}_{name}.{'csv' if world.format == 'csv' else 'parquet'}"
        typed = world.format == "typed"
        warned = dict(warnings(frame, table))
        good = complete(frame, table, world.seed)
        whole = good if typed else as_text(good, table)
        if not clean and world.defects:
            whole = self._planted(table, f"{kind}_{name}", good, whole, warned)
        path = world.out / file
        if world.format == "csv":
            whole.write_csv(path, separator=";")
        else:
            whole.write_parquet(path, compression="zstd")
        books.warned.setdefault(kind, Counter()).update({rule: int(rows.sum()) for rule, rows in warned.items()})
        books.rows[kind] += whole.height
        books.files, books.bytes = books.files + 1, books.bytes + path.stat().st_size
        if kind == "iuran":
            books.sums.update({f"{title}": int(good[title].sum()) for title in ("jumlah_tk", "tagihan", "dibayar")})

    def _planted(
        self, table: type[Extract], name: str, good: pl.DataFrame, whole: pl.DataFrame, warned: dict[str, pl.Series]
    ) -> pl.DataFrame:
        clean = ~np.logical_or.reduce(
            [np.zeros(good.height, dtype=np.bool_), *(one.to_numpy() for one in warned.values())]
        )
        broken = plant(self.world.plan, table, name, self.books.files, good, clean)
        copies = broken.select(good.columns)
        if self.world.format == "typed":
            copies = as_typed(copies, table, good.schema)
        self._count(table, broken["_rules"].str.split(",").explode())
        self.books.rejected_rows[table.kind] += broken.height
        order = np.argsort(np.append(np.arange(good.height), broken["_after"].to_numpy()), kind="stable")
        return pl.concat([whole, copies])[order]

    def _count(self, table: type[Extract], broken: pl.Series) -> None:
        severity = {rule.name: rule.severity for rule in row_rules(table)}
        for rule, rows in broken.value_counts().iter_rows():
            into = self.books.rejected if severity[rule] is Severity.REJECT else self.books.warned
            into.setdefault(table.kind, Counter())[rule] += rows

    def finish(self) -> dict[str, Any]:
        """Write the books beside the files and return them."""
        books, world = self.books, self.world
        told: dict[str, Any] = {
            "size": world.size, "format": world.format, "seed": world.seed, "month": MONTH.isoformat(), "as_of_date": SEEN.isoformat(),
            "files": books.files, "bytes": books.bytes, "rows": dict(books.rows), "rejected_rows": dict(books.rejected_rows),
            "rejected": {kind: dict(sorted(rules.items())) for kind, rules in books.rejected.items()},
            "warned": {kind: {rule: rows for rule, rows in sorted(rules.items()) if rows} for kind, rules in books.warned.items()},
            "sums": dict(books.sums),
        }  # fmt: skip
        path = world.out / LEDGER
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return told
