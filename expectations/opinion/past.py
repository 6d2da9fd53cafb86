"""What the second opinion remembers of the past: asked of each month and of what was remembered before it.

A bench reads `past_places`, `past_receipts` and `past_spending` beside the rows of the months that lie on it. They are empty
where all months lie on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from expectations.opinion import in_parts, statement, text
from warehouse.asking import Workbench, literal
from warehouse.calendar import Version

ACCOUNT = dict.fromkeys(("employer_key", "region_code", "segment", "programme", "funding_source"), pl.String)
SCHEMAS: Mapping[str, pl.Schema] = {
    "places": pl.Schema(
        {"worker_key": pl.Binary, "residence_code": pl.String, "workplace_code": pl.String, "segments": pl.Int32}
    ),
    "receipts": pl.Schema(
        {"payer": pl.Binary, **ACCOUNT, "month": pl.Date, "billed_idr": pl.Int64, "paid_idr": pl.Int64, "paid_date": pl.Date}
    ),
    "spending": pl.Schema(
        {"year": pl.Int64, "region_code": pl.String, "funding_source": pl.String, "spent_idr": pl.Int64}
    ),
}  # fmt: skip
KINDS = {"places": "kepesertaan", "receipts": "iuran", "spending": "iuran"}
STEPS = {
    "places": ("membership_versions", "ever_in_force"),
    "receipts": ("contribution_versions", "receipt"),
    "spending": ("contribution_versions",),
}
STATEMENTS = {"places": "past/places", "receipts": "past/receipts", "spending": "spent"}


def written(name: str) -> list[str]:
    """Return the texts that decide what is remembered under a name: with others it is made anew."""
    return [text(one) for one in (*STEPS[name], STATEMENTS[name])]


def lay_out_past(bench: Workbench, kept: Mapping[str, Path]) -> None:
    """Put what is remembered on the bench: of a name that is not in `kept` nothing is."""
    for name, schema in SCHEMAS.items():
        if name in kept:
            bench.view(f"past_{name}", of_past(name, kept[name]))
        else:
            bench.put(f"past_{name}", pl.DataFrame(schema=schema))


def of_past(name: str, path: Path | None) -> str:
    """Return the query for what is remembered under a name in a file; without one there are no rows, as on the bench."""
    columns = ", ".join(SCHEMAS[name])
    return f"SELECT {columns} FROM read_parquet({literal(str(path))})" if path else f"FROM past_{name} WHERE false"


def until(bench: Workbench, name: str, version: Version) -> Iterator[pl.DataFrame]:
    """Yield, part by part, what is to be remembered under a name at the end of a month: of what lies on the bench."""
    for step in STEPS[name]:
        bench.view(step, statement(step, version))
    bench.step = f"past_{name}"
    for sql in in_parts(statement(STATEMENTS[name], version), bench.parts):
        yield bench.ask(sql).cast(SCHEMAS[name])
