"""Which rows of a group are hidden together: bills with their parts, claims of a regency."""

from __future__ import annotations

import polars as pl
import pytest

from tests.counted import counted
from transforms.disclosure import Protection
from transforms.disclosure_rows import GROUP, TOLD_APART, alone, led, small, with_company

PROTECTION = Protection(threshold=10, width=20)


def hidden(cells: pl.DataFrame) -> set[str]:
    """Return the names of the cells that are hidden."""
    return set(cells.filter("hidden")["name"])


def rules(text: str) -> pl.DataFrame:
    """Return the rows of one bill by rule: a name, a value, what is known and hidden of it."""
    same = {"object": "premium_rule", "column_name": "memberships", "programme": "JKK", "funding_source": "SELF"}
    return counted(text, **same, basis="-")


@pytest.mark.parametrize(
    ("value", "is_small"), [("-1", False), ("0", False), ("1", True), ("2", True), ("9", True), ("10", False)]
)
def test_counts_from_one_to_the_threshold_are_hidden(value: str, is_small: bool) -> None:
    assert hidden(small(rules(f"| name | value |\n| one | {value} |"), PROTECTION)) == ({"one"} if is_small else set())


def test_a_small_or_hidden_cell_hides_the_same_cell_of_other_versions_but_not_what_everybody_knows() -> None:
    cells = """
        | name     | part | as_of_date | value | known | hidden |
        | small    | a    | 2026-02-01 | 3     | T     | T      |
        | later    | a    | 2026-02-02 | 300   | T     | T      |
        | seen     | a    | 2026-02-03 | 3     | Y     | T      |
        | was      | b    | 2026-02-01 | 300   | Y     | Y      |
        | is       | b    | 2026-02-02 | 300   | T     | T      |
        | other    | c    | 2026-02-02 | 300   | T     | T      |
    """
    assert hidden(small(rules(cells), PROTECTION)) == {"small", "later", "was", "is"}


def test_a_hidden_row_of_a_group_has_one_beside_it_the_smallest_that_will_do() -> None:
    cells = rules("""
        | name  | value | hidden |
        | few   | 3     | Y      |
        | large | 900   | T      |
        | some  | 40    | T      |
        | none  | 0     | T      |
    """)
    assert hidden(with_company(cells, PROTECTION)) == {"few", "some"}


def test_rows_are_hidden_until_those_before_the_last_are_as_many_as_the_width() -> None:
    """3 and 8 and 8 are 19, one short of 20, so that a fourth is hidden; 3, 8 and 9 are enough without."""
    short = "| name | value | hidden |\n| a | 3 | Y |\n| b | 8 | T |\n| c | 8 | T |\n| d | 50 | T |\n| e | 60 | T |"
    assert hidden(with_company(rules(short), PROTECTION)) == {"a", "b", "c", "d"}
    assert hidden(with_company(rules(short.replace("| c | 8 |", "| c | 9 |")), PROTECTION)) == {"a", "b", "c"}


def test_what_is_hidden_already_is_company_before_anything_else_and_what_everybody_knows_is_none() -> None:
    cells = rules("""
        | name   | value | hidden | known |
        | few    | 3     | Y      | T     |
        | before | 500   | Y      | Y     |
        | seen   | 15    | T      | Y     |
        | small  | 15    | T      | T     |
    """)
    assert hidden(with_company(cells, PROTECTION)) == {"few", "before"}
    assert hidden(with_company(cells.filter(pl.col("name") != "before"), PROTECTION)) == {"few", "small"}
    assert hidden(with_company(cells.filter(pl.col("name").is_in(["few", "seen"])), PROTECTION)) == {"few"}


def test_a_zero_is_company_only_where_nothing_else_is_there() -> None:
    cells = rules("| name | value | hidden |\n| few | 3 | Y |\n| none | 0 | T |")
    assert hidden(with_company(cells, PROTECTION)) == {"few", "none"}


def test_a_group_of_which_nothing_is_hidden_stays_as_it_is_beside_one_that_changes() -> None:
    cells = rules("""
        | name  | region_code | value | hidden |
        | few   | 15.01       | 3     | Y      |
        | with  | 15.01       | 70    | T      |
        | other | 15.02       | 5     | T      |
        | third | 15.02       | 50    | T      |
    """)
    assert hidden(with_company(cells, PROTECTION)) == {"few", "with"}
    assert hidden(with_company(cells, PROTECTION, TOLD_APART[1])) == {"few", "other", "third"}
    assert set(with_company(cells, PROTECTION).columns) == set(cells.columns)


@pytest.mark.parametrize(
    ("values", "is_alone"), [((3,), True), ((30,), True), ((3, 16), True), ((3, 17), False), ((1, 1, 17), True)]
)
def test_hidden_rows_of_a_group_are_alone_where_they_are_fewer_than_two_or_count_less_than_the_width(
    values: tuple[int, ...], is_alone: bool
) -> None:
    hid = "\n".join(f"| {number} | {value} | Y |" for number, value in enumerate(values))
    found = alone(rules(f"| name | value | hidden |\n{hid}\n| shown | 900 | T |"), PROTECTION)
    assert found.columns == GROUP
    assert found.height == int(is_alone)


def test_rows_of_a_group_follow_the_bill_of_their_group_rules_its_members_causes_the_workers_billed_too() -> None:
    same = {"programme": "JKK", "funding_source": "SELF", "basis": "-"}
    parts = counted(
        """
        | name         | object             | region_code | column_name | hidden |
        | rule         | premium_rule       | 15.01       | memberships | T      |
        | rule of two  | premium_rule       | 15.02       | memberships | T      |
        | cause        | premium_difference | 15.01       | memberships | T      |
        | cause of two | premium_difference | 15.02       | memberships | T      |
        | of three     | premium_difference | 15.03       | memberships | T      |
        | hidden       | premium_rule       | 15.03       | memberships | Y      |
        """,
        **same,
    )
    premium = counted(
        """
        | object  | region_code | column_name    | hidden |
        | premium | 15.01       | members        | Y      |
        | premium | 15.02       | workers_billed | Y      |
        | premium | 15.03       | members        | T      |
        """,
        **same,
    )
    found = led(parts, premium)
    assert hidden(found) == {"rule", "cause", "cause of two", "hidden"}
    assert found.columns == parts.columns
