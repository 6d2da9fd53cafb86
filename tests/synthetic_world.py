"""A written synthetic country, read back as text, and the definition of being in force by plain means."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.calendar import last_day, shift
from warehouse.synthetic import Plan, write

FEBRUARY, MARCH = date(2025, 2, 1), date(2025, 3, 1)
SEEN = {FEBRUARY: date(2025, 2, 28), MARCH: date(2025, 3, 16)}


class World:
    """A written plan, its ledger, and its extracts as text with the planted rows marked."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.ledger = plan, write(plan)

    def rows(self, start: str) -> pl.DataFrame:
        """Return the rows of all CSV files whose name begins with `start`, with file, line and is_rejected."""
        paths = [path for path in self.ledger.files if path.name.startswith(start)]
        frames = [pl.read_csv(path, infer_schema=False, row_index_name="line", row_index_offset=2) for path in paths]
        named = [
            frame.with_columns(pl.col("line").cast(pl.Int64), file=pl.lit(path.name))
            for path, frame in zip(paths, frames, strict=True)
        ]
        marked = self.ledger.defects.filter(pl.col("severity") == "reject").select(
            "file", "line", is_rejected=pl.lit(True)
        )
        joined = pl.concat(named).join(marked, on=["file", "line"], how="left", maintain_order="left")
        return joined.with_columns(pl.col("is_rejected").fill_null(False))

    def good(self, start: str) -> pl.DataFrame:
        """Return the rows that were not planted."""
        return self.rows(start).filter(~pl.col("is_rejected"))


def in_force(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    """Return the memberships in force, by the definition: begun, not ended, and own account paid up to three months back."""
    day = min(SEEN.get(month, last_day(month)), last_day(month)).isoformat()
    begun = pl.col("tgl_mulai") <= day
    not_ended = pl.col("tgl_akhir").is_null() | (pl.col("tgl_akhir") >= day)
    paid_up = (pl.col("segmen") != "BPU") | (pl.col("lunas_sd") >= f"{shift(month, -3):%Y-%m}")
    return rows.filter(begun & not_ended & paid_up, pl.col("blth") == f"{month:%Y-%m}")
