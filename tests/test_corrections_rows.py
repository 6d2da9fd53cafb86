"""What corrections do to the standardised rows of a file, without a load around it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.asciitable import cells
from transforms.corrections import applied, corrected
from transforms.geography import Gazetteer
from transforms.standardize import standardize
from warehouse.corrections import KEPT, Correction
from warehouse.dialect import Dialect
from warehouse.rules import AMBIGUOUS, FOREIGN, raw
from warehouse.schema import Extract, Parse
from warehouse.tables.benefit import Claim
from warehouse.tables.contribution import Contribution
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

BANDUNG = Gazetteer({"1503": "15.03"}, {"BANDUNG": ("32.04", "32.73")}, {"9417": ("94.17",)})
FIVE = """
    | tgl_data   | dibayar | npp |
    | 2025-03-09 | 5       | P1  |
    | 2025-03-10 | 5       | P1  |
    | 2025-03-31 | 6       | P1  |
    | 2025-04-01 | 5       | P1  |
    | 2025-03-10 | 5       | P2  |
"""


def entry(action: Any, where: str, **said: Any) -> Correction:
    """Return a correction of any kind of file."""
    return Correction(
        **{"id": "one", **said}, kind="", action=action, where=where, reason_id="", reason_en="", citation=""
    )


def delivered(text: str, table: type[Extract] = Contribution) -> pl.LazyFrame:
    """Return standardised rows of the file written in `text`, whose columns are called as they arrive."""
    names, rows = cells(text)
    texts = {name: [None if row[at] == "-" else row[at] for row in rows] for at, name in enumerate(names)}
    empty = [None] * len(rows)
    columns = {raw(one): texts.get(one.arrives_as, empty) for one in table.arriving().values()}
    frame = pl.LazyFrame(columns, dict.fromkeys(columns, pl.String))
    return standardize(frame, table, Dialect(), {Parse.REGENCY: BANDUNG, Parse.REGION: BANDUNG})


def after(text: str, *corrections: Correction, table: type[Extract] = Contribution) -> pl.DataFrame:
    """Return the rows written in `text` with their corrections, and what was applied to each."""
    found = corrected(delivered(text, table), table, corrections)
    return found.with_columns(applied(corrections)).collect()


def test_a_row_is_wrong_right_or_none_of_a_correction_s_business() -> None:
    whole = entry("flag", "paid_idr = 5")
    dated = entry("flag", "paid_idr = 5", first_day=date(2025, 3, 10), last_day=date(2025, 3, 31))
    among = entry("flag", "paid_idr = 5", among="employer_key = 'P1'", last_day=date(2025, 3, 10))
    assert after(FIVE, whole)["correction_one"].to_list() == [True, True, False, True, True]
    assert after(FIVE, dated)["correction_one"].to_list() == [None, True, False, None, True]
    assert after(FIVE, among)["correction_one"].to_list() == [True, True, None, None, None]


def test_a_condition_that_cannot_be_judged_finds_nothing_wrong() -> None:
    found = after("| dibayar |\n| - |\n| 5 |", entry("drop", "paid_idr = 5"))
    assert found["correction_one"].to_list() == [False, True]
    assert found[KEPT].to_list() == [True, None]


def test_a_row_goes_that_any_of_several_corrections_drops_and_no_other_kind_of_correction_takes_one() -> None:
    drops = entry("drop", "paid_idr = 6"), entry("drop", "employer_key = 'P2'", id="two")
    found = after(FIVE, *drops, entry("flag", "paid_idr = 5", id="three"))
    assert found[KEPT].to_list() == [True, True, None, True, None]
    assert found["corrections"].to_list() == [None, None, "one", None, "two"]
    assert KEPT not in after(FIVE, entry("flag", "paid_idr = 6")).columns
    assert corrected(delivered(FIVE), Contribution, []).collect().equals(delivered(FIVE).collect())


def test_a_changed_value_changes_its_text_too_and_one_that_is_right_already_is_not_wrong() -> None:
    paid = raw(Contribution.columns["paid_idr"])
    scale = entry("scale", "paid_idr > 0", column="paid_idr", numerator=3, denominator=2)
    text = "| dibayar |\n| 5 |\n| 0 |\n| 6.000.000,00 |\n| 9000000000000000000 |"
    found = after(text, scale)
    assert found["correction_one"].to_list() == [True, False, True, False]
    assert found["paid_idr"].to_list() == [8, 0, 9_000_000, None]
    assert found[paid].to_list() == ["8", "0", "9000000", "9000000000000000000"]
    override = entry("override", "employer_key = 'P1'", column="paid_idr", value=6)
    found = after(FIVE, override)
    assert found["correction_one"].to_list() == [True, True, False, True, False]
    assert found[paid].to_list() == ["6", "6", "6", "6", "5"]
    assert found["corrections"].to_list() == ["one (paid_idr)", "one (paid_idr)", None, "one (paid_idr)", None]


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [(Contribution, "paid_idr", "900000000000000000"), (MinimumWage, "year", "2147484")],
)
def test_a_number_that_a_scale_makes_too_large_for_its_column_is_wrong_and_becomes_unknown_with_its_text_left(
    table: type[Extract], column: str, text: str
) -> None:
    declared = table.columns[column]
    scale = entry("scale", f"{column} > 0", column=column, numerator=1_000, denominator=1)
    found = after(f"| {declared.arrives_as} |\n| {text} |", scale, table=table)
    assert found.select("correction_one", column, raw(declared)).rows() == [(True, None, text)]


def test_an_emptied_value_is_empty_in_its_text_and_was_wrong_only_where_it_was_not() -> None:
    empty = entry("override", "paid_idr = 5", column="paid_date", value=None)
    found = after("| dibayar | tgl_bayar |\n| 5 | 2025-03-01 |\n| 5 | - |\n| 6 | 2025-03-01 |", empty)
    assert found["correction_one"].to_list() == [True, False, False]
    assert found["paid_date"].to_list() == [None, None, date(2025, 3, 1)]
    assert found[raw(Contribution.columns["paid_date"])].to_list() == [None, None, "2025-03-01"]


def test_a_region_that_is_overridden_is_neither_ambiguous_nor_foreign_any_more() -> None:
    text = "| kode_kab | npp |\n| Bandung | P1 |\n| 9417 | P1 |\n| Bandung | P2 |\n| 9417 | P2 |"
    override = entry("override", "employer_key = 'P1'", column="region_code", value="15.03")
    found = after(text, override).select("region_code", "region_code" + AMBIGUOUS, "region_code" + FOREIGN)
    assert found.rows() == [("15.03", False, False), ("15.03", False, False), (None, True, False), (None, False, True)]


def test_programmes_and_flags_are_written_as_files_write_them() -> None:
    text = "| program | rentan |\n| JKK | T |\n| JHT | Y |"
    changes = (
        entry("override", "programmes = 1", column="programmes", value="JKK,JHT"),
        entry("override", "programmes = 1", column="is_vulnerable", value=True, id="two"),
        entry("override", "programmes = 4", column="is_vulnerable", value=False, id="three"),
    )
    found = after(text, *changes, table=Membership)
    texts = [raw(Membership.columns[name]) for name in ("programmes", "is_vulnerable")]
    assert found.select("programmes", "is_vulnerable", *texts).rows() == [
        (5, True, "JKK,JHT", "Y"),
        (4, False, "JHT", "T"),
    ]


def test_a_corrected_day_brings_its_month_along() -> None:
    text = "| tgl_bayar |\n| 2052-03-16 |\n| 2025-02-28 |"
    day = entry("override", "paid_date = DATE '2052-03-16'", column="paid_date", value=date(2025, 3, 16))
    assert after(text, day, table=Claim)["month"].to_list() == [date(2025, 3, 1), date(2025, 2, 1)]
