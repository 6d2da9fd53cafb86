"""A snapshot in mid-month, the closed month, ten restatements: what was said of a day that is over stays said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.figures import editions, fact_named, known_on
from tests.endtoend import BEHIND_TRANSFORMS, ask
from tests.extracts import Files
from tests.timeline import CLOSED, MID, WORKFORCE, bills, employers, load_on, members
from warehouse.home import Home
from warehouse.schema import Fact
from warehouse.store import Ask, reading

SHOWN = ("coverage", "programme_coverage", "premium", "compliance")
FIRST, SECOND = date(2025, 3, 17), date(2025, 5, 1)
RESTATEMENTS: tuple[Files, ...] = (
    members(MID, 21), members(CLOSED, 31), bills(MID, 20_000), bills(CLOSED, 70_000), employers(MID, 25),
    employers(CLOSED, 45), members(MID, 22), members(CLOSED, 12) | bills(CLOSED, 60_000), members(CLOSED, 33), members(MID, 20),
)  # fmt: skip
Answer = list[tuple[object, ...]]


@dataclass
class Story:
    """A home after all loads, with every answer that was given along the way, by fact and day."""

    home: Path
    days: list[date] = field(default_factory=list)
    given: dict[tuple[str, date], list[Answer]] = field(default_factory=dict)

    def live(self, day: date, files: Files, source: Path) -> None:
        """Load `files` on a day, and ask anew what was known on every day that is over."""
        result = load_on(day, files, source, self.home, without=BEHIND_TRANSFORMS)
        assert result["exit_code"] == 0, result
        self.days.append(day)
        asked = [date.fromisoformat(MID), date.fromisoformat(CLOSED), *self.days]
        days = {one + timedelta(days=more) for one in asked for more in (-1, 0, 1)}
        with reading(Home(self.home).warehouse) as warehouse:
            for earlier in sorted(one for one in days if one < day):
                for fact in SHOWN:
                    self.given.setdefault((fact, earlier), []).append(answer(warehouse, fact, earlier))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return the story of a mid-month snapshot, the closed month, and ten restatements a week apart."""
    folder = tmp_path_factory.mktemp("versions")
    story, files = Story(folder / "home"), dict(WORKFORCE)
    first = members(MID, 20) | bills(MID, 0) | employers(MID, 30)
    second = members(CLOSED, 30) | bills(CLOSED, 84_000) | employers(CLOSED, 30)
    days = [FIRST, SECOND, *(SECOND + timedelta(weeks=week) for week in range(1, 1 + len(RESTATEMENTS)))]
    for day, news in zip(days, [first, second, *RESTATEMENTS], strict=True):
        files |= news
        story.live(day, files, folder / "source")
    return story


def answer(warehouse: Ask, fact: str, day: date) -> Answer:
    """Return all that the macro of a fact says of a day, its versions included."""
    return warehouse(f"FROM mart.{fact}_as_of(DATE '{day}') ORDER BY ALL").rows()


def facts() -> Iterator[type[Fact]]:
    """Yield the facts that are shown with versions."""
    for name in SHOWN:
        yield fact_named(name)


def workers(home: Path, relation: str) -> Answer:
    """Return as_of_date and active workers of Sarolangun, by residence, as a relation shows them."""
    where = "region_code = '15.03' AND basis = 'RESIDENCE' AND segment = 'UCJ'"
    return ask(home, f"SELECT as_of_date::VARCHAR, active_workers FROM mart.{relation} WHERE {where} ORDER BY ALL")


def test_an_answer_that_was_given_is_given_again_after_every_later_load(story: Story) -> None:
    changed = []
    for (fact, day), answers in story.given.items():
        public = [answer for answer in answers if answer]
        changed += [(fact, day) for answer in public if answer != public[0]]
        assert not public or answers[-1], f"{fact} of {day} was forgotten"
    assert changed == []
    assert max(len(answers) for answers in story.given.values()) == len(story.days)


def test_what_was_said_on_16_march_is_the_snapshot_as_first_loaded_and_in_its_restatement_from_the_day_of_that(
    story: Story,
) -> None:
    week = {number: SECOND + timedelta(weeks=number) for number in range(11)}
    assert workers(story.home, "coverage_as_of(DATE '2025-03-15')") == []
    assert workers(story.home, "coverage_as_of(DATE '2025-03-16')") == [(MID, 20)]
    assert workers(story.home, "coverage_as_of(DATE '2025-04-30')") == [(MID, 20)]
    assert workers(story.home, f"coverage_as_of(DATE '{SECOND}')") == [(CLOSED, 30)]
    assert workers(story.home, f"coverage_as_of(DATE '{week[1]}')") == [(CLOSED, 30)]
    assert workers(story.home, f"coverage_as_of(DATE '{week[2]}')") == [(CLOSED, 31)]
    assert workers(story.home, f"coverage_as_of(DATE '{week[8]}')") == [(CLOSED, 12)]


def test_the_current_view_shows_the_newest_and_the_history_everything(story: Story) -> None:
    assert workers(story.home, "coverage") == [(CLOSED, 33)]
    loaded = [(MID, 20), (MID, 20), (MID, 21), (MID, 22), (CLOSED, 12), (CLOSED, 30), (CLOSED, 31), (CLOSED, 33)]
    assert workers(story.home, "coverage_history") == sorted(loaded)
    billed = "programme = 'JKK' AND billed_idr > 0"
    history = f"SELECT DISTINCT as_of_date::VARCHAR, paid_idr FROM mart.premium_history WHERE {billed} ORDER BY ALL"
    assert ask(story.home, history) == [(MID, 0), (MID, 20_000), (CLOSED, 60_000), (CLOSED, 70_000), (CLOSED, 84_000)]
    assert ask(story.home, f"SELECT paid_idr, members FROM mart.premium WHERE {billed}") == [(60_000, 33)]


def test_old_rows_are_closed_at_the_moment_at_which_the_new_ones_are_loaded(story: Story) -> None:
    for fact in facts():
        by_version: dict[object, list[tuple[object, object]]] = {}
        for one in sorted(editions(Home(story.home).warehouse, fact, {}), key=lambda one: one.loaded_at):
            by_version.setdefault(one.version, []).append((one.loaded_at, one.superseded_at))
        assert len(by_version) == 2
        for moments in by_version.values():
            assert [closed for _, closed in moments] == [*(loaded for loaded, _ in moments[1:]), None]
        assert max(map(len, by_version.values())) > 1, fact.name


def test_the_editions_of_a_receipt_are_those_of_the_macro_on_every_day(story: Story) -> None:
    warehouse = Home(story.home).warehouse
    found = {name: editions(warehouse, fact_named(name), {}) for name in SHOWN}
    with reading(warehouse) as asked:
        for fact, day in story.given:
            shown = asked(f"SELECT DISTINCT month, as_of_date, run_id FROM mart.{fact}_as_of(?)", [day]).rows()
            chosen = known_on(day, found[fact])
            assert [(*one.version, one.run_id) for one in chosen] == shown
