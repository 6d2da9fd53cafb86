"""What stands of all deliveries, and which months a stopped file holds up."""

from __future__ import annotations

from datetime import date

from flows.planning import Judged, blocked_months, standing, stopped_now
from flows.settings import Settings
from tests.asciitable import cells
from warehouse.calendar import Version
from warehouse.ledger import Delivery, Reason, Verdict

FEBRUARY, MARCH, APRIL = (date(2025, month, 1) for month in (2, 3, 4))


def judged(table: str) -> list[Judged]:
    """Return deliveries in order of arrival; `feeds` lists month@day, `stopped` is yes or no."""
    names, rows = cells(table)
    return [_judged(place, dict(zip(names, row, strict=True))) for place, row in enumerate(rows)]


def _judged(place: int, row: dict[str, str]) -> Judged:
    kind = Settings().kind_of(row["name"]) or ""
    fed = tuple((f"{one.split('@')[0]}-01", one.split("@")[1], 1) for one in row.get("feeds", "").split() if "@" in one)
    stops = (Reason("too_many_rejected", "", ""),) if row.get("stopped") == "yes" else ()
    delivery = Delivery(row["name"], kind, row["content"], 1, "", f"2025-05-{place + 1:02}T00:00:00+00:00", "run")
    return Judged(delivery, Verdict(row["content"], row["content"], kind, 1, 1, 0, stops=stops, versions=fed))


def feeding(deliveries: list[Judged], kind: str, version: Version | None) -> list[str]:
    """Return the contents that feed a version."""
    return [one.delivery.sha256 for one in standing(deliveries).of(kind, version)]


def test_a_new_content_under_a_name_replaces_the_months_it_holds_and_no_others() -> None:
    deliveries = judged("""
        | name            | content | feeds                                 |
        | kepesertaan.csv | first   | 2025-02@2025-02-28 2025-03@2025-03-16 |
        | kepesertaan.csv | second  | 2025-03@2025-03-16                    |
    """)
    assert feeding(deliveries, "kepesertaan", Version(FEBRUARY, date(2025, 2, 28))) == ["first"]
    assert feeding(deliveries, "kepesertaan", Version(MARCH, date(2025, 3, 16))) == ["second"]


def test_files_of_other_names_feed_a_month_together_in_order_of_name() -> None:
    deliveries = judged("""
        | name                 | content | feeds              |
        | kepesertaan_1504.csv | tebo    | 2025-03@2025-03-16 |
        | kepesertaan_1503.csv | bungo   | 2025-03@2025-03-16 |
    """)
    assert feeding(deliveries, "kepesertaan", Version(MARCH, date(2025, 3, 16))) == ["bungo", "tebo"]


def test_a_stopped_content_leaves_the_one_before_it_standing_and_holds_its_month_up() -> None:
    deliveries = judged("""
        | name            | content | feeds              | stopped |
        | kepesertaan.csv | good    | 2025-03@2025-03-16 | no      |
        | kepesertaan.csv | bad     | 2025-03@2025-03-16 | yes     |
    """)
    assert feeding(deliveries, "kepesertaan", Version(MARCH, date(2025, 3, 16))) == ["good"]
    assert blocked_months(stopped_now(deliveries), [FEBRUARY, MARCH]) == {MARCH}


def test_a_corrected_file_is_stopped_no_more() -> None:
    deliveries = judged("""
        | name            | content | feeds              | stopped |
        | kepesertaan.csv | bad     | 2025-03@2025-03-16 | yes     |
        | kepesertaan.csv | good    | 2025-03@2025-03-16 | no      |
    """)
    assert stopped_now(deliveries) == []


def test_an_unreadable_file_holds_up_the_month_in_its_name_or_else_every_month() -> None:
    named = judged("| name | content | stopped |\n| iuran_1503_202503.csv | bad | yes |")
    nameless = judged("| name | content | stopped |\n| iuran_jambi.csv | bad | yes |")
    assert blocked_months(named, [FEBRUARY, MARCH]) == {MARCH}
    assert blocked_months(nameless, [FEBRUARY, MARCH]) == {FEBRUARY, MARCH}


def test_a_stopped_target_holds_up_no_month() -> None:
    assert blocked_months(judged("| name | content | stopped |\n| target_2025.csv | bad | yes |"), [MARCH]) == set()


def test_the_newest_version_is_the_newest_one_known_on_the_day() -> None:
    now = standing(
        judged("""
        | name               | content  | feeds              |
        | kepesertaan_a.csv  | midmonth | 2025-03@2025-03-16 |
        | kepesertaan_b.csv  | closed   | 2025-03@2025-04-30 |
    """)
    )
    assert now.newest("kepesertaan", MARCH, date(2025, 4, 1)) == Version(MARCH, date(2025, 3, 16))
    assert now.newest("kepesertaan", MARCH, date(2025, 5, 1)) == Version(MARCH, date(2025, 4, 30))
    assert now.newest("kepesertaan", MARCH, date(2025, 3, 1)) is None
    assert now.months() == [MARCH]
