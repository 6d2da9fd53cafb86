"""A file under the name of an earlier one that holds nothing but rejected rows of it, mended: recognised by its rows.

It would otherwise replace the whole earlier file by a handful of rows. Nothing is guessed: every row must equal a
rejected row in every cell that no broken rule spoke of, and no two rows the same one.
"""

from __future__ import annotations

import polars as pl

from flows.context import Load, fingerprint
from flows.gating import extract_of
from flows.planning import Judged
from flows.quarantine.answers import OF_LINE
from flows.quarantine.blame import blamed
from flows.quarantine.rows import landed_rows
from warehouse import lake
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Extract

NTH = "nth"
NOTHING = pl.DataFrame(schema={LINE_NO: pl.Int64, OF_LINE: pl.Int64})


def matched(load: Load, first: Judged, later: Judged) -> pl.DataFrame | None:
    """Return which rejected row of `first` each row of `later` is, or None when it is more or other than such rows."""
    rejected, rows, whole = first.verdict.rejected, later.verdict.rows, first.verdict.rows
    if not rejected or not rows or not whole or rows > rejected or rows == whole:
        return None
    path = lake.answers_path(load.home, fingerprint("matched", first.verdict.gate_id, later.verdict.gate_id))
    if not path.exists():
        sent, again = (
            landed_rows(load.home, one, load.settings.dialect_of(one.name), load.settings.landing)
            for one in (first.delivery, later.delivery)
        )
        broken = lake.rejected_rows(load.home, first.delivery.kind, first.verdict.gate_id)
        found = matches(broken, sent, again, extract_of(first.delivery.kind))
        lake.write((found if found.height == rows else NOTHING).lazy(), path)
    pairs = lake.read(path)
    return pairs if pairs.height else None


def matches(rejected: pl.DataFrame, sent: pl.DataFrame, later: pl.DataFrame, table: type[Extract]) -> pl.DataFrame:
    """Return `line_no` of `later` and `of_line` of the rejected row that it equals but for the blamed cells.

    `rejected` holds line_no and rules, `sent` the raw rows of the first file, `later` those of the later one.
    """
    found = NOTHING
    told = rejected.select(LINE_NO, "rules").join(sent, on=LINE_NO)
    for (rules,), group in told.group_by(["rules"], maintain_order=True):
        wrong = {RAW + name for one in blamed(str(rules), table) for name in one.columns}
        same = [RAW + name for name in table.arriving() if RAW + name not in wrong]
        left = later.join(found, on=LINE_NO, how="anti")
        pairs = _numbered(left, same).join(
            _numbered(group, same).rename({LINE_NO: OF_LINE}), on=[*same, NTH], nulls_equal=True
        )
        found = pl.concat([found, pairs.select(LINE_NO, OF_LINE)])
    return found.sort(LINE_NO)


def _numbered(rows: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    """Return the rows with the number of each among those that are alike."""
    return rows.sort(LINE_NO).select(LINE_NO, *same, pl.int_range(pl.len()).over(same).alias(NTH))
