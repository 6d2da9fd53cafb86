"""What everybody is taken to know of the cells of a month: each kind of statement, on tables of a few cells."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from tests.counted import counted, named, statements
from transforms.disclosure import Family
from transforms.disclosure_cells import Month, blocks, month_of

PARENTS = {"15.01": "15", "15.02": "15", "15": "00", "16.01": "16"}
COVERAGE = """
    | name       | object   | column_name        |
    | active     | coverage | active_workers     |
    | vulnerable | coverage | vulnerable_workers |
    | joined     | coverage | joined_workers     |
    | returned   | coverage | returned_workers   |
    | left       | coverage | left_workers       |
"""
AMONG_THE_ACTIVE = {"active - vulnerable >= 0", "active - joined - returned >= 0"}
MOVEMENT = """
    | now        | movement | active_workers     |
    | before     | movement | previous_workers   |
    | came       | movement | joined_workers     |
    | again      | movement | returned_workers   |
    | moved in   | movement | moved_in_workers   |
    | gone       | movement | left_workers       |
    | moved out  | movement | moved_out_workers  |
"""
ROW_OF_MOVEMENT = "again + before + came + moved in - gone - moved out - now known"


def month(text: str, **same: str) -> Month:
    """Return the month of these cells."""
    return month_of(counted(text, **same), PARENTS)


def known_of(text: str, **same: str) -> set[str]:
    """Return the statements about these cells."""
    found = month(text, **same)
    return statements(found.family, found.cells["name"])


def links_of(text: str) -> set[str]:
    """Return the statements about two cells or more: of a row that is written in part, the others say nothing true."""
    return {one for one in known_of(text) if "+" in one or "-" in one}


def test_of_coverage_alone_is_known_that_vulnerable_and_new_workers_are_among_the_active() -> None:
    assert known_of(COVERAGE) == AMONG_THE_ACTIVE


def test_coverage_with_movement_tells_the_active_who_arrived_and_who_went_the_same() -> None:
    assert known_of(COVERAGE + MOVEMENT) == AMONG_THE_ACTIVE | {
        ROW_OF_MOVEMENT,
        "active - now known",
        "again + came + moved in - joined - returned known",
        "gone + moved out - left known",
    }


def test_movement_of_another_segment_tells_nothing_of_a_row_of_coverage() -> None:
    rows = """
        | name   | object   | column_name    | segment |
        | active | coverage | active_workers | PU      |
        | other  | movement | active_workers | BPU     |
    """
    assert links_of(rows) == set()
    assert "active known" not in known_of(rows)


def test_members_are_among_the_registered_and_those_of_their_employer_among_the_members() -> None:
    registration = """
        | name       | object       | column_name             |
        | registered | registration | registered_workers      |
        | member     | registration | member_workers          |
        | employed   | registration | employer_member_workers |
    """
    assert known_of(registration) == {"registered - member >= 0", "member - employed >= 0"}


def test_parts_that_are_there_add_up_to_their_province_and_the_nation_and_none_is_above_it() -> None:
    """Papua (16) is not among the parts of the nation here, and its regency has no province among the cells."""
    regions = """
        | name     | object   | column_name    | region_code |
        | one      | coverage | active_workers | 15.01       |
        | two      | coverage | active_workers | 15.02       |
        | province | coverage | active_workers | 15          |
        | nation   | coverage | active_workers | 00          |
        | orphan   | coverage | active_workers | 16.01       |
        | alone    | coverage | active_workers | 99          |
    """
    assert known_of(regions) == {
        "one + two - province known",
        "nation - province known",
        "province - one >= 0",
        "province - two >= 0",
        "nation - province >= 0",
    }


def test_who_moved_between_the_parts_of_a_whole_is_not_counted_in_it() -> None:
    for column in ("moved_in_workers", "moved_out_workers", "joined_workers", "returned_workers", "left_workers"):
        for table in ("movement", "coverage"):
            moves = f"""
                | name     | object  | column_name | region_code |
                | one      | {table} | {column}    | 15.01       |
                | two      | {table} | {column}    | 15.02       |
                | province | {table} | {column}    | 15          |
            """
            found = {one for one in known_of(moves) if "one" in one and "two" in one}
            is_exact = table == "movement" and "moved" not in column
            assert found == {"one + two - province known" if is_exact else "one + two - province >= 0"}, (table, column)
            assert ("province - one >= 0" in known_of(moves)) is is_exact


def test_who_comes_back_to_a_whole_may_be_new_to_its_part() -> None:
    regions = """
        | name  | object   | column_name      | region_code |
        | joins | coverage | joined_workers   | 15.01       |
        | turns | coverage | returned_workers | 15.01       |
        | new   | coverage | joined_workers   | 15          |
        | back  | coverage | returned_workers | 15          |
    """
    of_both = {one for one in known_of(regions) if ("new" in one and "joins" in one) or "turns - back" in one}
    assert of_both == {"joins - new >= 0", "joins + turns - back - new >= 0"}


def test_who_changes_in_a_segment_need_not_change_in_its_scope() -> None:
    for column in ("moved_in_workers", "moved_out_workers", "joined_workers", "returned_workers", "left_workers"):
        for table in ("movement", "coverage"):
            scopes = f"""
                | name | object  | column_name | segment |
                | pu   | {table} | {column}    | PU      |
                | ucj  | {table} | {column}    | UCJ     |
            """
            assert {one for one in links_of(scopes) if "pu" in one and "ucj" in one} == {"pu - ucj known"}, (
                table,
                column,
            )


def test_segments_make_the_scopes_and_bills_have_no_scopes() -> None:
    scopes = """
        | name  | object   | column_name    | segment |
        | pu    | coverage | active_workers | PU      |
        | bpu   | coverage | active_workers | BPU     |
        | jakon | coverage | active_workers | JAKON   |
        | pmi   | coverage | active_workers | PMI     |
        | ucj   | coverage | active_workers | UCJ     |
        | all   | coverage | active_workers | ALL     |
        | bill  | premium  | members        | PU      |
        | bills | premium  | members        | UCJ     |
    """
    of_ucj = {"bpu + jakon + pu - ucj known", "ucj - pu >= 0", "ucj - bpu >= 0", "ucj - jakon >= 0"}
    assert known_of(scopes) == of_ucj | {"all - pmi - ucj known", "all - ucj >= 0", "all - pmi >= 0"}
    assert known_of("\n".join(row for row in scopes.splitlines() if "UCJ" not in row and "ALL" not in row)) == set()


def test_nobody_holds_a_programme_who_is_not_in_force_and_a_row_of_holders_counts_one_at_least() -> None:
    holders = """
        | name       | object             | column_name        | programme | segment | value |
        | active     | coverage           | active_workers     | -         | PU      | 100   |
        | vulnerable | coverage           | vulnerable_workers | -         | PU      | 100   |
        | jkk        | programme_coverage | active_workers     | JKK       | PU      | 90    |
        | jht        | programme_coverage | active_workers     | JHT       | PU      | 0     |
        | other      | programme_coverage | active_workers     | JHT       | BPU     | 5     |
    """
    found = month(holders)
    told = statements(found.family, found.cells["name"])
    assert told == {"active - vulnerable >= 0", "active - jkk >= 0", "active - jht >= 0"}
    assert found.family.least.tolist() == [0, 0, 1, 0, 1]


def test_workers_of_the_month_before_are_those_in_force_then_by_the_snapshot_that_movement_names() -> None:
    months = """
        | name     | object   | column_name      | month      | as_of_date | previous   |
        | early    | coverage | active_workers   | 2025-12-01 | 2025-12-16 | -          |
        | closed   | coverage | active_workers   | 2025-12-01 | 2025-12-31 | -          |
        | elder    | coverage | active_workers   | 2025-11-01 | 2025-12-31 | -          |
        | young    | coverage | vulnerable_workers | 2025-12-01 | 2025-12-31 | -        |
        | previous | movement | previous_workers | 2026-01-01 | 2026-01-31 | 2025-12-31 |
    """
    assert links_of(months) == {"closed - previous known", "closed - young >= 0"}


def test_funding_sources_make_the_holders_by_the_newest_snapshot_not_after_the_bills() -> None:
    bills = """
        | name      | object             | column_name    | programme | basis     | as_of_date | funding_source |
        | middle    | programme_coverage | active_workers | JKK       | RESIDENCE | 2026-01-16 | -              |
        | closed    | programme_coverage | active_workers | JKK       | RESIDENCE | 2026-01-31 | -              |
        | later     | programme_coverage | active_workers | JKK       | RESIDENCE | 2026-03-31 | -              |
        | workplace | programme_coverage | active_workers | JKK       | WORKPLACE | 2026-02-03 | -              |
        | self      | premium            | members        | JKK       | -         | 2026-02-05 | SELF           |
        | regency   | premium            | members        | JKK       | -         | 2026-02-05 | APBD_REGENCY   |
        | late      | premium            | members        | JKK       | -         | 2026-02-08 | SELF           |
        | other     | premium            | members        | JHT       | -         | 2026-02-05 | SELF           |
        | billed    | premium            | workers_billed | JKK       | -         | 2026-02-05 | SELF           |
    """
    assert known_of(bills) == {"closed - regency - self known", "closed - late known"}


def test_what_stood_together_is_told_together_a_whole_that_was_replaced_with_the_parts_of_its_time() -> None:
    versions = """
        | name      | object   | column_name    | region_code | loaded_at  | until      |
        | old part  | coverage | active_workers | 15.01       | 2026-02-01 | 2026-02-09 |
        | old whole | coverage | active_workers | 15          | 2026-02-01 | 2026-02-09 |
        | part      | coverage | active_workers | 15.01       | 2026-02-09 | -          |
        | whole     | coverage | active_workers | 15          | 2026-02-09 | -          |
    """
    assert known_of(versions) == {
        "old part - old whole known", "old whole - old part >= 0", "part - whole known", "whole - part >= 0",
    }  # fmt: skip


def test_a_month_before_that_was_replaced_is_told_of_the_movement_that_stood_beside_it_alone() -> None:
    versions = """
        | name     | object   | column_name      | month      | as_of_date | previous   | loaded_at  | until      |
        | replaced | coverage | active_workers   | 2025-12-01 | 2025-12-31 | -          | 2026-01-01 | 2026-01-20 |
        | restated | coverage | active_workers   | 2025-12-01 | 2025-12-31 | -          | 2026-01-20 | -          |
        | previous | movement | previous_workers | 2026-01-01 | 2026-01-31 | 2025-12-31 | 2026-02-01 | -          |
    """
    assert links_of(versions) == {"previous - restated known"}


def test_holders_that_stood_beside_two_versions_of_the_active_are_among_those_of_each() -> None:
    versions = """
        | name    | object             | column_name    | programme | loaded_at  | until      |
        | active  | coverage           | active_workers | -         | 2026-02-01 | 2026-02-09 |
        | later   | coverage           | active_workers | -         | 2026-02-09 | -          |
        | holders | programme_coverage | active_workers | JKK       | 2026-02-01 | -          |
    """
    assert known_of(versions) == {"active - holders >= 0", "later - holders >= 0"}


def test_a_cell_is_closed_where_everybody_knows_it_and_stays_open_where_it_was_hidden_from_the_first() -> None:
    cells = """
        | name   | object   | column_name       | region_code | known | hidden | value |
        | new    | coverage | active_workers    | 15.01       | T     | T      | 3     |
        | small  | coverage | active_workers    | 15.02       | T     | Y      | 3     |
        | seen   | coverage | active_workers    | 15          | Y     | T      | 30    |
        | gone   | coverage | active_workers    | 16          | Y     | Y      | 3     |
        | nation | movement | moved_in_workers  | 00          | T     | T      | 0     |
        | inside | movement | moved_in_workers  | 15          | T     | T      | 0     |
        | other  | movement | left_workers      | 00          | T     | T      | 0     |
    """
    found = month(cells)
    assert named(found.family.open, found.cells["name"]) == {"new", "small", "gone", "inside", "other"}
    assert named(found.standing, found.cells["name"]) == {"small", "gone"}


def test_a_month_of_which_nothing_hangs_together_has_no_statements() -> None:
    found = month("| object | column_name | name |\n| registration | registered_workers | one |", region_code="99")
    assert statements(found.family, found.cells["name"]) == set()
    found = month("| object | column_name | name |\n| benefit | cases | one |", region_code="99")
    assert found.family.identities.shape == (0, 1)


def test_cells_hang_together_through_open_cells_alone_and_over_any_number_of_them() -> None:
    chain = csr_matrix([[1, -1, 0, 0, 0], [0, 1, -1, 0, 0], [0, 0, 1, -1, 0], [0, 0, 0, 1, 1]])
    known = np.array([False, False, False, True, False])
    number = blocks(Family.of(np.arange(5), chain, np.ones(4, bool), known=known))
    assert number[0] == number[1] == number[2]
    assert len({number[0], number[3], number[4]}) == 3


def test_what_hangs_together_with_seen_cells_alone_is_decided_already() -> None:
    """A whole of the row of 15 is new; of 17 all has been seen, though two of its cells are hidden; a closed cell is left out."""
    cells = """
        | name   | object             | column_name        | region_code | programme | known | hidden | value |
        | seen   | coverage           | active_workers     | 17          | -         | Y     | Y      | 12    |
        | with   | coverage           | vulnerable_workers | 17          | -         | Y     | Y      | 3     |
        | active | coverage           | active_workers     | 15          | -         | Y     | Y      | 40    |
        | new    | programme_coverage | active_workers     | 15          | JKK       | T     | T      | 9     |
        | closed | coverage           | vulnerable_workers | 15          | -         | Y     | T      | 15    |
        | other  | programme_coverage | active_workers     | 15.01       | JKK       | T     | T      | 9     |
    """
    found = month(cells)
    part, kept = found.undecided()
    assert kept.tolist() == [2, 3, 5]
    assert part.cells["name"].to_list() == ["active", "new", "other"]
    assert statements(part.family, part.cells["name"]) == {"active - new >= 0", "new - other known", "new - other >= 0"}
    rows = zip(part.family.identities.toarray().tolist(), part.family.exact, part.family.sums.tolist(), strict=True)
    assert ([1, 0, 0], False, 40 - 15) in [*rows]
    assert part.family.values.tolist() == [40, 9, 9]
    assert part.family.least.tolist() == [0, 1, 1]
    assert part.family.open.all()
    assert part.parents == found.parents
