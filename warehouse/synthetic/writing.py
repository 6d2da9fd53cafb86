"""Writing extracts: the declared columns, the planted rows among them, control totals, and the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import polars as pl

from warehouse.schema import Extract
from warehouse.synthetic.defects import warnings
from warehouse.synthetic.dice import Ints
from warehouse.synthetic.generic import arriving_values
from warehouse.synthetic.plan import Plan
from warehouse.synthetic.planting import as_text, as_typed, plant

ENTRY = ("severity", "rule", "column")
LEDGER = pl.Schema({"file": pl.String(), "line": pl.Int64(), "kind": pl.String(), **dict.fromkeys(ENTRY, pl.String())})
LEDGER_FOLDER = "_ledger"
CONTROLLED = 3


@dataclass(frozen=True)
class Ledger:
    """What was written: `files` in order, and `defects`, one row per planted defect and per row that earns a warning.

    Columns: file; line (a CSV's header is line 1, rows of a Parquet file count from 1); kind; severity reject or
    warn; rule (several separated by commas); column. A warning of a rejected row stands with its rejection.
    """

    files: tuple[Path, ...]
    defects: pl.DataFrame

    def planted(self, severity: str = "reject") -> dict[str, int]:
        """Return how many rows were planted by rule; a row that breaks several counts for each."""
        rules = self.defects.filter(pl.col("severity") == severity)["rule"].str.split(",").explode()
        return {str(rule): int(count) for rule, count in rules.value_counts().sort("rule").iter_rows()}


class Writer:
    """Writes the files of a plan and keeps their ledger."""

    def __init__(self, plan: Plan, progress: Callable[[str], None]) -> None:
        self.plan, self.progress = plan, progress
        self._files: list[Path] = []
        self._defects: list[pl.DataFrame] = []

    def write(self, table: type[Extract], name: str, frame: pl.DataFrame) -> None:
        """Write `frame`, typed and under source names, as the extract `name`; a frame without rows writes nothing."""
        if frame.is_empty():
            return
        path = self.plan.out / f"{name}.{self.plan.format}"
        written, broken = self._with_defects(table, path.name, frame)
        if self.plan.format == "csv":
            written.write_csv(path)
        else:
            written.write_parquet(path, compression="zstd")
        if len(self._files) % CONTROLLED == 0:
            _write_control(path, written, table)
        self._files.append(path)
        self._defects.append(broken)
        self.progress(f"{path.name}: {written.height} rows, {broken.height} in the ledger")

    def finish(self) -> Ledger:
        """Write the ledger and return it."""
        ledger = Ledger(tuple(self._files), pl.concat([LEDGER.to_frame(), *self._defects]))
        folder = self.plan.out / LEDGER_FOLDER
        folder.mkdir(exist_ok=True)
        ledger.defects.write_csv(folder / "ledger.csv")
        return ledger

    def _with_defects(self, table: type[Extract], file: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows to write, planted ones behind the rows they copy, and the ledger's entries for them."""
        csv = self.plan.format == "csv"
        warned = {rule: broken.to_numpy() for rule, broken in warnings(frame, table)}
        clean = ~np.logical_or.reduce([np.zeros(frame.height, dtype=np.bool_), *warned.values()])
        good = complete(frame, table, self.plan.seed)
        planted = plant(self.plan, table, file, len(self._files), good, clean)
        copies = planted.select(good.columns)
        mixed = pl.concat([as_text(good, table), copies] if csv else [good, as_typed(copies, table, good.schema)])
        order = np.argsort(np.append(np.arange(good.height), planted["_after"].to_numpy()), kind="stable")
        line = np.empty(len(order), dtype=np.int64)
        line[order] = np.arange(len(order)) + (2 if csv else 1)
        entries = [
            _entries(line[good.height :], severity=pl.lit("reject"), rule=planted["_rules"], column=planted["_column"])
        ]
        entries += [
            _entries(line[: good.height][broken], severity=pl.lit("warn"), rule=pl.lit(rule), column=pl.lit(""))
            for rule, broken in warned.items()
        ]
        file_and_kind = pl.lit(file).alias("file"), "line", pl.lit(table.kind).alias("kind")
        return mixed[order], pl.concat(entries).sort("line", "rule").select(*file_and_kind, *ENTRY)


def _entries(lines: Ints, **cells: pl.Expr | pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"line": pl.Series(lines, dtype=pl.Int64)}).with_columns(**cells)


def complete(frame: pl.DataFrame, table: type[Extract], seed: int) -> pl.DataFrame:
    """Return `frame` with exactly the columns `table` declares and drops at the door, in that order.

    A declared column that the frame lacks is filled with values its declaration allows.
    """
    dice = np.random.default_rng([seed, crc32(table.kind.encode())])
    known, dropped = set(frame.columns), [frame[name] for name in table.dropped if name in frame.columns]
    columns = [
        frame[name] if name in known else arriving_values(column, frame.height, dice).alias(name)
        for name, column in table.arriving().items()
    ]
    return pl.DataFrame([*columns, *dropped])


def _write_control(path: Path, written: pl.DataFrame, table: type[Extract]) -> None:
    amounts = [name for name, column in table.arriving().items() if column.unit == "rupiah" and column.additive]
    sums = {name: int(written[name].cast(pl.Int64, strict=False).sum()) for name in amounts}
    totals = {"rows": written.height, "sums": sums, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.control.json").write_text(json.dumps(totals, indent=2) + "\n", encoding="utf-8")
