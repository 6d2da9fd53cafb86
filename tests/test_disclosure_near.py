"""Where protection for a cell is looked for: which regions are beside it, which cells of them, and when all are asked."""

from __future__ import annotations

import numpy as np
import pytest

from tests.counted import counted, named
from transforms.disclosure_cells import month_of
from transforms.disclosure_near import Neighbours, together

WIDTH = 20
ONE = """
    | name  | object   | column_name        | region_code | value | hidden |
    | few   | coverage | active_workers     | 15.01       | 3     | T      |
    | large | coverage | active_workers     | 15.02       | 700   | T      |
    | just  | coverage | active_workers     | 15.03       | 20    | T      |
    | under | coverage | active_workers     | 15.04       | 19    | T      |
    | least | coverage | active_workers     | 15.05       | 1     | T      |
    | stood | coverage | active_workers     | 15.06       | 800   | Y      |
    | some  | coverage | active_workers     | 15.07       | 50    | T      |
    | more  | coverage | active_workers     | 15.08       | 60    | T      |
    | whole | coverage | active_workers     | 15          | 1653  | T      |
    | weak  | coverage | vulnerable_workers | 15.01       | 2     | T      |
    | poor  | coverage | vulnerable_workers | 15.03       | 9     | T      |
    | rich  | coverage | vulnerable_workers | 15.02       | 90    | T      |
"""
PROVINCE = dict.fromkeys([f"15.0{number}" for number in range(1, 9)], "15")


def near(text: str, parents: dict[str, str], cell: str, stage: int) -> set[str]:
    """Return the names of the cells of a stage, with WIDTH as the width."""
    month = month_of(counted(text), parents)
    names = month.cells["name"].to_list()
    found = Neighbours(month, WIDTH)(names.index(cell), stage)
    assert found is not None
    assert sorted(set(found.tolist())) == sorted(found.tolist())
    return {names[one] for one in found}


def test_first_three_regions_are_asked_that_can_give_the_width_those_hidden_already_before_the_smallest() -> None:
    assert near(ONE, PROVINCE, "few", 0) == {"few", "stood", "just", "some"}


def test_then_everything_that_is_counted_of_the_same_regions() -> None:
    assert near(ONE, PROVINCE, "few", 1) == {"few", "stood", "just", "some", "weak", "poor"}


def test_then_six_regions_and_where_too_few_can_give_the_width_the_largest_of_the_others() -> None:
    six = {"stood", "just", "some", "more", "large", "under"}
    assert near(ONE, PROVINCE, "few", 2) == {"few", *six, "weak", "poor", "rich"}


def test_a_nation_is_looked_through_step_by_step() -> None:
    """In province 11 are 20 regencies of 100 and more, in four others three; all count the active."""
    codes = [f"11.{number:02}" for number in range(20)]
    codes += [f"{province}.{number:02}" for province in (12, 13, 14, 15) for number in range(3)]
    parents = {code: code[:2] for code in codes} | dict.fromkeys(["11", "12", "13", "14", "15"], "00")
    sizes = {code: 100 + int(code[3:]) for code in codes} | {
        code: int(code) * 100 for code in ("11", "12", "13", "14", "15")
    }
    rows = [
        f"| {code} | coverage | active_workers | {code} | {size} |" for code, size in (sizes | {"00": 6500}).items()
    ]
    text = "\n".join(["| name | object | column_name | region_code | value |", *rows])
    assert near(text, parents, "11.19", 0) == {"11.19", *codes[:3]}
    assert near(text, parents, "11.19", 2) == {"11.19", *codes[:6]}
    beside = {f"{province}{part}" for province in ("12", "13", "14") for part in ("", ".00", ".01")}
    assert near(text, parents, "11.19", 3) == {"11.19", *codes[:12], "11", "00", *beside}
    assert near(text, parents, "11.19", 4) == {*sizes, "00"}
    of_own = {f"{province}{part}" for province in ("11", "12", "13", "15") for part in ("", ".00", ".01")}
    assert near(text, parents, "15", 0) == of_own
    assert near(text, parents, "00", 3) == {"00", "11", "12"}
    month = month_of(counted(text), parents)
    assert Neighbours(month, WIDTH)(0, 5) is None


def test_the_last_stage_is_of_all_open_cells_that_hang_together_with_it() -> None:
    other = """
        | other  | coverage | active_workers     | 15.09       | 40    | T      |
        | apart  | coverage | active_workers     | 16.01       | 40    | T      |
    """
    assert near(ONE + other, PROVINCE, "few", 4) == {
        *[row.split("|")[1].strip() for row in ONE.strip().splitlines()[1:]]
    }
    assert near(ONE + other, PROVINCE, "apart", 4) == {"apart"}


def test_cells_that_everybody_knows_are_not_asked() -> None:
    cells = """
        | name   | object   | column_name    | region_code | value | known |
        | few    | coverage | active_workers | 15.01       | 3     | T     |
        | seen   | coverage | active_workers | 15.02       | 30    | Y     |
        | unseen | coverage | active_workers | 15.03       | 40    | T     |
        | whole  | coverage | active_workers | 15          | 73    | T     |
    """
    assert near(cells, PROVINCE, "few", 0) == {"few", "unseen"}
    assert near(cells, PROVINCE, "few", 4) == {"few", "unseen", "whole"}


@pytest.mark.parametrize(
    ("cell", "first"), [("came", {"came", "left"}), ("jkk", {"jkk", "self"}), ("active", {"active"})]
)
def test_who_comes_and_goes_is_measured_as_one_and_so_are_holders_and_bills_of_a_programme(
    cell: str, first: set[str]
) -> None:
    cells = """
        | name   | object             | column_name    | programme | funding_source | basis     |
        | active | coverage           | active_workers | -         | -              | RESIDENCE |
        | came   | movement           | joined_workers | -         | -              | RESIDENCE |
        | left   | movement           | left_workers   | -         | -              | RESIDENCE |
        | now    | movement           | active_workers | -         | -              | RESIDENCE |
        | jkk    | programme_coverage | active_workers | JKK       | -              | RESIDENCE |
        | jht    | programme_coverage | active_workers | JHT       | -              | RESIDENCE |
        | self   | premium            | members        | JKK       | SELF           | -         |
    """
    assert near(cells, PROVINCE, cell, 0) - {"now"} == first
    assert near(cells, PROVINCE, cell, 1) == {"active", "came", "left", "now", "jkk", "jht", "self"}


def test_cells_are_twins_where_all_but_the_version_is_the_same_and_known_cells_do_not_follow() -> None:
    cells = """
        | name   | region_code | as_of_date | loaded_at  | until      | known | segment |
        | first  | 15.01       | 2026-01-16 | 2026-01-17 | -          | Y     | PU      |
        | closed | 15.01       | 2026-01-31 | 2026-02-01 | 2026-02-09 | T     | PU      |
        | again  | 15.01       | 2026-01-31 | 2026-02-09 | -          | T     | PU      |
        | other  | 15.01       | 2026-01-31 | 2026-02-09 | -          | T     | BPU     |
        | beside | 15.02       | 2026-01-31 | 2026-02-09 | -          | T     | PU      |
    """
    month = month_of(counted(cells, object="coverage", column_name="active_workers"), PROVINCE)
    number, may_be = together(month)
    assert number[0] == number[1] == number[2]
    assert sorted(np.unique(number).tolist()) == [0, 1, 2]
    assert named(may_be, month.cells["name"]) == {"closed", "again", "other", "beside"}
