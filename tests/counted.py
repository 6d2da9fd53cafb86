"""Counted cells written as a small text table, and the statements about them written out again: `active - joined >= 0`.

A cell has a name, by which statements and answers are told; what is not written is that of an ordinary cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from tests.asciitable import cells
from transforms.disclosure import Family, Mask
from transforms.disclosure_cells import ADDRESS

ORDINARY: dict[str, str] = {
    "month": "2026-01-01", "as_of_date": "2026-01-31", "basis": "RESIDENCE", "segment": "PU", "programme": "-",
    "funding_source": "-", "part": "-", "loaded_at": "2026-02-01", "value": "100", "previous": "-", "until": "-",
    "known": "T", "hidden": "T", "region_code": "15.01",
}  # fmt: skip
DAYS, MOMENTS, FLAGS = ("month", "as_of_date", "previous"), ("loaded_at", "until"), ("known", "hidden")


def counted(text: str, **same: str) -> pl.DataFrame:
    """Return the cells of `text`: ADDRESS, value, previous, until, known, hidden, and their name; `same` is every row's.

    A dash is nothing, Y and T are flags, `object` is the table without `mart.fact_`, and a name that is not written is
    that of the column.
    """
    head, rows = cells(text)
    given = [ORDINARY | same | dict(zip(head, row, strict=True)) for row in rows]
    frame = pl.DataFrame([_cell(one) for one in given], infer_schema_length=None)
    return frame.select(
        *ADDRESS, pl.col("value").cast(pl.Int64), pl.col("previous").cast(pl.Date), pl.col("until").cast(pl.Datetime("us")),
        *FLAGS, "name",
    ).with_columns(pl.col("loaded_at").cast(pl.Datetime("us")))  # fmt: skip


def statements(family: Family, names: Iterable[str]) -> set[str]:
    """Return what is known of the cells, each as the sum that is `known` to the unit, or else is at least 0.

    That a single cell is at least 0 is left out: every cell is.
    """
    told = list(names)
    rows = zip(family.identities.toarray().tolist(), family.exact.tolist(), strict=True)
    found = {_statement(dict(zip(told, row, strict=True)), is_exact) for row, is_exact in rows}
    return found - {f"{name} >= 0" for name in told}


def named(mask: Mask, names: Iterable[str]) -> set[str]:
    """Return the names of the cells that are chosen."""
    return set(np.array(list(names))[mask].tolist())


def _cell(words: dict[str, str]) -> dict[str, Any]:
    texts = {key: "" if word == "-" else word for key, word in words.items()}
    found: dict[str, Any] = texts | {"object": f"mart.fact_{words['object']}"}
    found["name"] = words.get("name") or words["column_name"].removesuffix("_workers")
    for key in DAYS:
        found[key] = date.fromisoformat(texts[key]) if texts[key] else None
    for key in MOMENTS:
        found[key] = datetime.fromisoformat(texts[key]) if texts[key] else None
    return found | {key: words[key] == "Y" for key in FLAGS} | {"value": int(words["value"])}


def _statement(factors: dict[str, int], is_exact: bool) -> str:
    """Return one statement, larger side first; a sum is known with either sign, so that its first name has a plus."""
    terms = {name: factor for name, factor in sorted(factors.items()) if factor}
    if is_exact and next(iter(terms.values()), 1) < 0:
        terms = {name: -factor for name, factor in terms.items()}
    more = " + ".join(_times(name, factor) for name, factor in terms.items() if factor > 0)
    less = "".join(f" - {_times(name, -factor)}" for name, factor in terms.items() if factor < 0)
    return f"{more}{less} {'known' if is_exact else '>= 0'}"


def _times(name: str, factor: int) -> str:
    return name if factor == 1 else f"{factor} {name}"
