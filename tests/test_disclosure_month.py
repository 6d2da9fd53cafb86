"""What is hidden of a whole month, on tables of a few cells: who must follow whom, and what is named as unproven."""

from __future__ import annotations

import polars as pl
import pytest

from tests.counted import counted
from transforms.disclosure import Protection, Unprotected
from transforms.disclosure_month import hidden_of

PROTECTION = Protection(threshold=10, width=10)
PARENTS = {"15.01": "15", "15.02": "15", "15.03": "15", "15": "00"}


def hidden(cells: pl.DataFrame, unproven: list[str] | None = None) -> set[str]:
    """Return the names of the cells that are hidden of these."""
    chosen = hidden_of(cells, PARENTS, PROTECTION, unproven)
    assert sorted(chosen["name"]) == sorted(cells["name"])
    assert set(chosen.columns) == set(cells.columns)
    return set(chosen.filter("hidden")["name"])


def active(text: str) -> pl.DataFrame:
    """Return these cells of the active workers."""
    return counted(text, object="coverage", column_name="active_workers")


def test_a_small_count_is_hidden_with_one_beside_it_and_both_in_every_version_that_is_new() -> None:
    """In the later version a smaller one would do beside it, were not what is hidden in one version hidden in all."""
    versions = """
        | name     | region_code | value | as_of_date | known |
        | few      | 15.01       | 4     | 2026-01-31 | T     |
        | some     | 15.02       | 60    | 2026-01-31 | T     |
        | most     | 15.03       | 900   | 2026-01-31 | T     |
        | whole    | 15          | 964   | 2026-01-31 | T     |
        | earlier  | 15.01       | 40    | 2026-01-16 | Y     |
        | other    | 15.02       | 60    | 2026-01-16 | Y     |
        | later    | 15.01       | 40    | 2026-02-06 | T     |
        | again    | 15.02       | 66    | 2026-02-06 | T     |
        | anew     | 15.03       | 20    | 2026-02-06 | T     |
        | together | 15          | 126   | 2026-02-06 | T     |
    """
    assert hidden(active(versions)) == {"few", "some", "later", "again"}


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    assert hidden(active("| name | value |\n| none | 0 |\n| some | 10 |")) == set()


@pytest.mark.parametrize(
    ("registered", "members", "is_hidden"),
    [("100", "100", False), ("101", "100", True), ("109", "100", True), ("110", "100", False), ("99", "100", False)],
)
def test_members_are_hidden_where_few_of_the_registered_are_none(
    registered: str, members: str, is_hidden: bool
) -> None:
    registration = f"""
        | name       | object       | column_name             | region_code | value        |
        | registered | registration | registered_workers      | 15.01       | {registered} |
        | members    | registration | member_workers          | 15.01       | {members}    |
        | employed   | registration | employer_member_workers | 15.01       | 50           |
        | others     | registration | registered_workers      | 15.02       | 900          |
        | their      | registration | member_workers          | 15.02       | 800          |
        | active     | coverage     | active_workers          | 15.01       | 600          |
    """
    found = hidden(counted(registration))
    assert ("members" in found) is is_hidden
    assert found <= {"members", "registered", "employed"}


def test_members_that_everybody_knows_stay_shown_though_few_of_the_registered_are_none() -> None:
    registration = """
        | name       | object       | column_name        | region_code | value | known |
        | registered | registration | registered_workers | 15.01       | 104   | Y     |
        | members    | registration | member_workers     | 15.01       | 100   | Y     |
        | of others  | registration | registered_workers | 15.02       | 204   | T     |
        | others     | registration | member_workers     | 15.02       | 200   | T     |
    """
    assert hidden(counted(registration)) == {"others"}


def test_registrations_without_members_tell_no_difference() -> None:
    assert hidden(counted("| object | column_name | value |\n| registration | registered_workers | 104 |")) == set()


BILLS = {"programme": "JKK", "funding_source": "SELF", "basis": "-"}


def test_rules_that_nothing_in_their_bill_protects_hide_all_that_is_counted_of_the_bill() -> None:
    """Of 15.01 one rule is known to be the rest of the bill; of 15.02 two rules protect each other."""
    bills = """
        | name     | object             | column_name    | region_code | value | known | part |
        | few      | premium_rule       | memberships    | 15.01       | 4     | T     | a    |
        | members  | premium            | members        | 15.01       | 40    | T     | -    |
        | billed   | premium            | workers_billed | 15.01       | 41    | T     | -    |
        | one      | premium            | late           | 15.01       | 1     | T     | -    |
        | none     | premium            | nobody         | 15.01       | 0     | T     | -    |
        | seen     | premium            | seen           | 15.01       | 40    | Y     | -    |
        | arrears  | arrears            | accounts       | 15.01       | 40    | T     | -    |
        | small    | premium_rule       | memberships    | 15.02       | 4     | T     | a    |
        | beside   | premium_rule       | memberships    | 15.02       | 7     | T     | b    |
        | third    | premium_rule       | memberships    | 15.02       | 70    | T     | c    |
        | unhidden | premium            | members        | 15.02       | 81    | T     | -    |
    """
    assert hidden(counted(bills, **BILLS)) == {"few", "members", "billed", "one", "small", "beside"}


def test_rules_and_causes_follow_a_small_bill() -> None:
    bills = """
        | name    | object             | column_name    | region_code | value |
        | members | premium            | members        | 15.01       | 4     |
        | billed  | premium            | workers_billed | 15.01       | 30    |
        | rule    | premium_rule       | memberships    | 15.01       | 40    |
        | cause   | premium_difference | memberships    | 15.01       | 40    |
        | all     | premium            | members        | 15.02       | 40    |
        | few     | premium            | workers_billed | 15.02       | 4     |
        | shown   | premium_rule       | memberships    | 15.02       | 40    |
        | follows | premium_difference | memberships    | 15.02       | 40    |
    """
    assert hidden(counted(bills, **BILLS)) == {"members", "rule", "cause", "few", "follows"}


def test_a_small_claim_is_hidden_with_another_of_its_regency_and_other_tables_are_left_alone() -> None:
    claims = """
        | name    | object  | column_name | region_code | programme | value |
        | few     | benefit | cases       | 15.01       | JKM       | 3     |
        | some    | benefit | cases       | 15.01       | JHT       | 50    |
        | most    | benefit | cases       | 15.01       | JKK       | 70    |
        | others  | benefit | cases       | 15.02       | JHT       | 11    |
        | arrears | arrears | accounts    | 15.01       | JKK       | 12    |
        | owed    | arrears | accounts    | 15.01       | JKM       | 2     |
    """
    assert hidden(counted(claims, basis="-", segment="-")) == {"few", "some", "owed"}


def test_a_claim_hidden_for_the_sake_of_another_regency_is_not_the_rest_of_its_own() -> None:
    """15.01 has no other claim; what hides it in the sum of all is the smallest of 15.02, which needs one beside it."""
    claims = """
        | name   | object  | column_name | region_code | programme | value |
        | few    | benefit | cases       | 15.01       | JKM       | 4     |
        | small  | benefit | cases       | 15.02       | JHT       | 20    |
        | beside | benefit | cases       | 15.02       | JKK       | 30    |
        | most   | benefit | cases       | 15.02       | JKM       | 90    |
    """
    assert hidden(counted(claims, basis="-", segment="-")) == {"few", "small", "beside"}


def test_a_cell_that_nothing_can_protect_is_named_by_all_that_names_its_row_or_refused() -> None:
    seen = """
        | name  | region_code | value | known |
        | few   | 15.01       | 3     | T     |
        | some  | 15.02       | 40    | Y     |
        | whole | 15          | 43    | Y     |
    """
    unproven = ["before"]
    assert hidden(active(seen), unproven) == {"few"}
    named = "mart.fact_coverage, active_workers, 15.01, 2026-01-01, 2026-01-31, RESIDENCE, PU"
    assert unproven == ["before", named]
    with pytest.raises(Unprotected):
        hidden(active(seen))


def test_which_cells_are_linked_and_which_hang_on_their_group_is_told_by_table_and_column() -> None:
    """Members are linked with the holders: a bill that has to be hidden hides another by what all of them hold."""
    cells = """
        | name    | object             | column_name    | programme | funding_source | basis     | value |
        | holders | programme_coverage | active_workers | JKK       | -              | RESIDENCE | 500   |
        | few     | premium            | members        | JKK       | SELF           | -         | 5     |
        | rest    | premium            | members        | JKK       | EMPLOYER       | -         | 495   |
        | billed  | premium            | workers_billed | JKK       | EMPLOYER       | -         | 495   |
        | active  | coverage           | active_workers | -         | -              | RESIDENCE | 900   |
    """
    found = hidden(counted(cells))
    assert "few" in found
    assert found & {"rest", "holders"}
    assert not found & {"billed", "active"}
