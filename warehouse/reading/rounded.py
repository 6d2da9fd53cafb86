"""National ids that a spreadsheet has rounded: the last of 16 digits is 0 in every row."""

from __future__ import annotations

import polars as pl

from warehouse.errors import Stop
from warehouse.rules import FILE, raw
from warehouse.schema import Column, Extract, Parse

SAMPLE = 1_000
LEAST = 20
WHOLE = r"^[0-9]{16}$"


def refuse_rounded(frame: pl.LazyFrame, table: type[Extract]) -> None:
    """Raise Stop when a column holds at least 20 national ids and all of them end in 0: one in ten does by chance.

    `frame` has the raw texts of the extract. The first thousand rows decide unless all of them end in 0.
    """
    for column in table.arriving().values():
        if (
            column.parse is Parse.NATIONAL_ID
            and _all_rounded(frame.head(SAMPLE), column)
            and _all_rounded(frame, column)
        ):
            raise Stop(
                f"{column.arrives_as}_rounded",
                f"every {column.arrives_as} ends in 0: a spreadsheet has kept 15 of its 16 digits",
                f"setiap {column.arrives_as} berakhir 0: lembar kerja hanya menyimpan 15 dari 16 digit",
                "send the column as text, from its source / kirim kolom itu sebagai teks, dari sumber asalnya",
            )


def suspicious(sample: pl.LazyFrame, table: type[Extract]) -> list[int]:
    """Return the files whose first rows hold rounded national ids only; `sample` has a column `file`."""
    columns = [column for column in table.arriving().values() if column.parse is Parse.NATIONAL_ID]
    counts = [
        frame.group_by(FILE).agg(pl.len().alias("len"), pl.col("id").str.ends_with("0").all().alias("rounded"))
        for frame in (_ids(sample, column, FILE) for column in columns)
    ]
    found = pl.collect_all(counts, engine="streaming")
    return sorted({file for one in found for file in one.filter((pl.col("len") >= LEAST) & pl.col("rounded"))[FILE]})


def _all_rounded(frame: pl.LazyFrame, column: Column) -> bool:
    counted = (
        _ids(frame, column)
        .select(pl.len(), pl.col("id").str.ends_with("0").all().alias("rounded"))
        .collect(engine="streaming")
    )
    return bool(counted["len"].item() >= LEAST and counted["rounded"].item())


def _ids(frame: pl.LazyFrame, column: Column, *beside: str) -> pl.LazyFrame:
    ids = frame.select(*beside, id=pl.col(raw(column)).str.replace_all(r"^'|\s", ""))
    return ids.filter(pl.col("id").str.contains(WHOLE))
