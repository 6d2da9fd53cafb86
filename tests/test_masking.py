"""Rejected rows as people see them: which value shows, and of which only the shape."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from expectations.masking import masked_row
from warehouse import vocabulary as v
from warehouse.rules import RAW
from warehouse.schema import Extract
from warehouse.tables.membership import Membership

NIK = "1503011203850001"


def shown(column: str, text: str | None, value: object = None, table: type[Extract] = Membership) -> object:
    """Return what is shown of a column that arrived as `text` and was read as `value`; all else is empty."""
    arriving = table.arriving()
    texts: dict[str, object] = {RAW + name: text if name == column else None for name in arriving}
    values = {one.name: value if name == column else None for name, one in arriving.items()}
    types = {one.name: one.dtype if one.dtype != pl.Binary() else pl.String() for one in arriving.values()}
    frame = pl.DataFrame([texts | values], schema={**dict.fromkeys(texts, pl.String()), **types})
    row = json.loads(frame.select(masked_row(table)).item())
    assert list(row) == list(arriving)
    assert [one for name, one in row.items() if name != column] == [None] * (len(row) - 1)
    return row[column]


@pytest.mark.parametrize(
    ("column", "text", "value", "seen"),
    [
        ("nik", NIK, NIK, "#" * 16),
        ("nik", "Siti 12-A", None, "aaaa ##-a"),
        ("kpj", "26133000010", "26133000010", "#" * 11),
        ("tgl_lahir", "1985-03-12", date(1985, 3, 12), "####-##-##"),
        ("segmen", "PU", "PU", "PU"),
        ("segmen", "Siti 1", "Siti 1", "aaaa #"),
        ("jk", "Lē٣", None, "aa#"),
        ("upah", "0", 0, "0"),
        ("upah", "3000000", 3_000_000, "3000000"),
        ("upah", str(v.MOST_WAGE), v.MOST_WAGE, str(v.MOST_WAGE)),
        ("upah", "-1", -1, "-#"),
        ("upah", "9" * 13, v.MOST_WAGE + 1, "#" * 13),
        ("upah", "satu 1", None, "aaaa #"),
        ("tgl_mulai", "2020-01-01", date(2020, 1, 1), "2020-01-01"),
        ("tgl_mulai", "2020-13-01", None, "####-##-##"),
        ("rentan", "Y", True, "Y"),
        ("npp", "NPP 12345678", "NPP 12345678", "NPP 12345678"),
        ("npp", f"a{NIK}b", None, "a#b"),
        ("npp", "١٢٣٤٥٦٧٨٩", None, "#"),
        ("sub_sektor", "OJEK", None, "OJEK"),
    ],
)
def test_a_value_shows_only_where_it_was_read_as_what_its_column_holds(
    column: str, text: str, value: object, seen: str
) -> None:
    assert shown(column, text, value) == seen


def test_an_empty_value_is_null_in_every_column() -> None:
    assert {shown(column, None) for column in Membership.arriving()} == {None}


def test_what_explains_the_row_stands_after_its_columns() -> None:
    texts = dict.fromkeys([RAW + name for name in Membership.arriving()], pl.String())
    values = {one.name: one.dtype for one in Membership.arriving().values()}
    frame = pl.DataFrame(schema={**texts, **values}).clear(n=1)
    row = json.loads(frame.select(masked_row(Membership, [pl.lit("why").alias("hints")])).item())
    assert list(row) == [*Membership.arriving(), "hints"]
    assert row["hints"] == "why"
