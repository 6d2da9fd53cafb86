"""The gate with everything it is given: corrections, damage, hints, and files that cannot be judged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, fields
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.gate import Destination, Judgement, Sieve, judge_file
from expectations.verdict import CouldNotRunError, Outcome, Verdict
from tests.asciitable import cells
from transforms.corrections import corrected
from transforms.geography import Gazetteer, gazetteer
from transforms.standardize import standardize
from warehouse import lake
from warehouse.corrections import Correction
from warehouse.dialect import Dialect
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Parse
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.minimum_wage import MinimumWage

WAGES = """
    | kode_kab | tahun | upah_minimum | dasar |
    | 15.03    | 2025  | 3000000      | SK 1  |
    | 15.03    | 2025  | 300000       | SK 1  |
    | 15.04    | 2025  | 3100000      | SK 1  |
    | 16.01    | 2025  | 310000       | SK 2  |
    | 16.02    | 2025  | -5           | SK 2  |
    | 16.03    | 2025  | 3.1E+06      | SK 2  |
"""
BOTH = "minimum_wage_idr < 1000000"


@cache
def gazetteers() -> dict[Parse, Gazetteer]:
    """Return the names of regions."""
    codes, regions = lake.seed(DimRegionCode).collect(), lake.seed(DimRegion).collect()
    return {parse: gazetteer(codes, "kemendagri", parse, regions) for parse in (Parse.REGENCY, Parse.REGION)}


def correction(action: Any = "drop", where: Any = BOTH, **more: Any) -> Correction:
    """Return a correction of minimum wages."""
    return Correction(more.pop("id", "satu"), "umk", action, where, "sebab", "why", "surat 1", **more)


def judged(
    folder: Path, *corrections: Correction, text: str = WAGES, key: str = "", explained: Sequence[pl.Expr] = ()
) -> Judgement:
    """Return the judgement on minimum wages, written as text."""
    names, written = cells(text)
    raw = pl.LazyFrame(written, schema={RAW + name: pl.String() for name in names}, orient="row").with_row_index(
        LINE_NO, offset=2
    )
    frame = corrected(standardize(raw, MinimumWage, Dialect(), gazetteers()), MinimumWage, corrections)
    lines = Sieve(
        MinimumWage,
        lambda rows: rows.select("^file$", LINE_NO),
        corrections=corrections,
        explained=explained,
        key=key,
    )
    return judge_file(frame, lines, destination(folder))


def destination(folder: Path) -> Destination:
    """Return where the rows go."""
    return Destination("umk.csv", folder / "accepted.parquet", folder / "rejected.parquet")


def rejected(folder: Path) -> dict[int, str]:
    """Return the rules by line of the rejected rows."""
    return dict(lake.read(folder / "rejected.parquet").select(LINE_NO, "rules").iter_rows())


def test_a_damaged_cell_and_broken_rules_are_named_and_counted_beside_each_other(tmp_path: Path) -> None:
    judgement = judged(tmp_path)
    assert (judgement.rows, judgement.accepted, judgement.rejected, judgement.dropped) == (6, 3, 3, 0)
    assert rejected(tmp_path) == {
        3: "duplicate_row", 6: "upah_minimum_negative", 7: "upah_minimum_unreadable,upah_minimum_scientific",
    }  # fmt: skip
    assert judgement.broken == {
        "duplicate_row": 1, "upah_minimum_negative": 1, "upah_minimum_unreadable": 1, "upah_minimum_scientific": 1,
    }  # fmt: skip
    assert (judgement.warned, judgement.corrected, judgement.hints, judgement.stops) == ({}, {}, {}, ())


def test_rows_that_a_correction_drops_are_named_by_it_and_use_up_no_key(tmp_path: Path) -> None:
    judgement = judged(tmp_path, correction(where="minimum_wage_idr = 3000000"), correction("flag", id="dua"))
    assert (judgement.accepted, judgement.rejected, judgement.dropped) == (3, 3, 1)
    assert rejected(tmp_path)[2] == "correction_satu"
    assert {name: rows for name, rows in judgement.broken.items() if "correction" in name} == {"correction_satu": 1}
    assert "duplicate_row" not in judgement.broken
    assert judgement.warned == {"correction_dua": 3}
    assert judgement.corrected == {"satu": 1, "dua": 3}
    assert judgement.stops == ()


def test_a_correction_of_rows_that_the_file_does_not_hold_is_recorded_as_not_about_it(tmp_path: Path) -> None:
    elsewhere = correction("flag", among="region_code = '11.01'")
    judgement = judged(tmp_path, elsewhere, correction("flag", id="dua", where="year = 1", at_least=0))
    assert (judgement.corrected, judgement.warned, judgement.stops) == ({"dua": 0}, {}, ())
    assert [(one.suite, one.rule, one.observed, one.success) for one in judgement.checks[-2:]] == [
        ("corrections", "correction_satu", "not in scope", True), ("corrections", "correction_dua", "0", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bounds", "rule", "told"),
    [
        ({}, [], ""),
        ({"at_least": 3, "at_most": 3}, [], ""),
        ({"at_least": 4}, ["correction_obsolete"], "satu: 3 rows are wrong, expected at least 4"),
        ({"at_most": 2}, ["correction_too_wide"], "satu: 3 rows are wrong, expected at most 2"),
    ],
)
def test_more_or_fewer_wrong_rows_than_declared_stop_the_file(
    bounds: dict[str, int], rule: list[str], told: str, tmp_path: Path
) -> None:
    judgement = judged(tmp_path, correction("flag", **bounds))
    assert [stop.rule for stop in judgement.stops] == rule
    assert told in "".join(stop.en for stop in judgement.stops)


@pytest.mark.parametrize(
    ("second", "colliding"),
    [
        ({"where": "minimum_wage_idr = 310000"}, True),
        ({"where": "minimum_wage_idr = 3100000"}, False),
        ({"where": BOTH, "column": "legal_reference"}, False),
        ({"where": BOTH, "action": "flag"}, False),
    ],
)
def test_two_corrections_that_change_one_cell_stop_the_file(
    second: dict[str, str], colliding: bool, tmp_path: Path
) -> None:
    first = correction("override", column="minimum_wage_idr", value=1)
    other = correction(
        **{"action": "override", "column": "minimum_wage_idr", "value": 2 if "column" not in second else "x"} | second,
        id="dua",
    )
    judgement = judged(tmp_path, first, other)
    assert [(one.rule, one.en) for one in judgement.stops] == (
        [("corrections_collide", "in 1 rows several corrections change minimum_wage_idr")] if colliding else []
    )
    shared = [one.rule for one in judgement.checks if one.rule.startswith("corrections_collide")]
    same_column = second.get("column") is None and "action" not in second
    assert shared == (["corrections_collide minimum_wage_idr"] if same_column else [])


def test_a_file_without_rows_stops_and_so_does_one_with_other_columns(tmp_path: Path) -> None:
    header = WAGES.strip().splitlines()[0]
    (empty,) = judged(tmp_path, text=header).stops
    assert (empty.rule, empty.en) == ("rows", "the file has no rows")
    frame = pl.LazyFrame({LINE_NO: [2], "other": ["x"]})
    judgement = judge_file(frame, Sieve(MinimumWage, lambda rows: rows), destination(tmp_path / "other"))
    assert {"rule_could_not_run", "columns"} <= {stop.rule for stop in judgement.stops}
    assert (judgement.accepted, judgement.rejected, judgement.hints) == (0, 0, {})
    assert not (tmp_path / "other").exists()


def test_the_five_commonest_hints_are_told_with_their_rows(tmp_path: Path) -> None:
    years = [2020, *[2021] * 3, *[2022] * 2, *[2023] * 4, *[2024] * 5, *[2025] * 6]
    table = "| kode_kab | tahun | upah_minimum | dasar |\n" + "".join(f"| 15.03 | {one} | -1 | SK |\n" for one in years)
    hints = judged(tmp_path, text=table, explained=[pl.col("year").cast(pl.String).alias("hints")]).hints
    assert list(hints.items()) == [("2025", 6), ("2024", 5), ("2023", 4), ("2021", 3), ("2022", 2)]


def test_accepted_rows_say_which_key_made_their_tokens(tmp_path: Path) -> None:
    judged(tmp_path, key="k1")
    assert lake.key_of(tmp_path / "accepted.parquet") == "k1"


OUTCOME = Outcome("nik_shape", "ExpectColumnValuesToMatchRegex", "nik", "warning", True, 0, "", None)


@pytest.mark.parametrize(
    "decided", [OUTCOME, Verdict(1, (OUTCOME,), None), Judgement(1, 1, 0, {}, {}, (), (), {})], ids=type
)
def test_what_was_decided_is_not_changed_by_who_reads_it(decided: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(decided, fields(decided)[0].name, 9)


def test_a_rule_that_could_not_run_tells_the_kind_of_its_cause_and_no_word_of_it() -> None:
    assert str(CouldNotRunError(ValueError("1503011203850001"))) == "could not run: ValueError"


def test_great_expectations_is_imported_when_a_file_is_judged_and_not_before() -> None:
    code = "import sys, expectations.gate, expectations.reconcile; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
