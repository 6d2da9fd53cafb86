"""How fast files are read, against what the libraries need to read the same file as text: `make bench-reading`.

Prints CPU seconds, the reader's child included, of both sides in turn, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import fastexcel
import polars as pl

from tests.extracts import memberships
from warehouse.dialect import Dialect
from warehouse.reading import scan
from warehouse.sandbox import SANDBOX
from warehouse.tables.membership import Membership

PAIRS = 3


def spent() -> float:
    """Return the CPU seconds of this process and of the children that have ended."""
    own, apart = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + apart.ru_utime + apart.ru_stime


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Return the CPU seconds and the wall seconds of a piece of work."""
    cpu, wall = spent(), time.perf_counter()
    work()
    SANDBOX.close()
    return spent() - cpu, time.perf_counter() - wall


def compared(name: str, ours: Callable[[], None], theirs: Callable[[], None], most: float) -> None:
    """Print both sides, in turn, and the ratio of their medians beside the one that is wanted."""
    pairs = [(measured(theirs), measured(ours)) for _ in range(PAIRS)]
    for place, unit in enumerate(("CPU", "wall")):
        library, product = (median(side[place] for side in sides) for sides in zip(*pairs, strict=True))
        print(
            f"{name} {unit} s: library {library:.2f}, product {product:.2f}, ratio {product / library:.2f} (wanted < {most})"
        )


def read(path: Path) -> None:
    """Read a file of memberships as the gate does, and keep nothing."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        scan(path, Membership, Dialect(), Path(scratch)).frame.sink_batches(lambda _: None, lazy=False)


def people(rows: int) -> pl.DataFrame:
    """Return that many memberships as texts; ids differ, the rest repeats."""
    row = memberships("2025-02", "2025-02-28", "| orang |\n| 1 |")[0]
    same = [pl.lit(text or None, pl.String).alias(name) for name, text in row.items()]
    number = pl.int_range(rows).cast(pl.String)
    differ = {
        "nik": "150301" + number.str.zfill(10),
        "kpj": "26" + number.str.zfill(9),
        "npp": "NPP" + number.str.slice(-3),
    }
    whole = pl.select(number=pl.int_range(rows)).with_columns(same)
    return whole.drop("number").with_columns(**differ)


def text(path: Path) -> None:
    """Scan a CSV as text with Polars, and keep nothing."""
    pl.scan_csv(path, infer_schema=False).sink_batches(lambda _: None, lazy=False)


def sheet(path: Path) -> None:
    """Read a sheet as text with fastexcel."""
    fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow()


def main() -> None:
    """Compare both formats at the sizes given."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--csv", type=int, default=10_000_000, help="rows of the CSV file")
    asked.add_argument("--xlsx", type=int, default=300_000, help="rows of the workbook")
    sizes = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "kepesertaan.csv"
        for marks in ("+", ","):
            people(sizes.csv).with_columns(pl.col("program").str.replace(",", marks)).write_csv(table)
            told = "a quoted field in each," if marks == "," else "no quotes,"
            compared(f"CSV, {sizes.csv:,} rows, {told}", lambda: read(table), lambda: text(table), 1.5)
        table.unlink()
        book = Path(folder) / "kepesertaan.xlsx"
        people(sizes.xlsx).write_excel(book)
        compared(f"XLSX, {sizes.xlsx:,} rows,", lambda: read(book), lambda: sheet(book), 3)


if __name__ == "__main__":
    main()
