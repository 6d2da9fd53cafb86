"""One watch: look, compare with what was told, tell what is new to those who are to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.context import silent, utc_now
from flows.secret import Secret
from flows.settings import Settings
from flows.watching import change, freshness, message, outcome
from flows.watching.alerts import Memory, News
from flows.watching.condition import Condition, Weight
from flows.watching.deliveries import volumes
from flows.watching.settings import WatchSettings
from warehouse.errors import Stop
from warehouse.files import folder, only_writer
from warehouse.home import Home


@dataclass(frozen=True)
class Watched:
    """What is the matter, what of it was told, and whether the message reached everybody."""

    conditions: tuple[Condition, ...]
    news: News
    delivered: bool

    @property
    def bad(self) -> bool:
        """Return whether something needs somebody, or a message reached nobody."""
        return not self.delivered or any(one.weight is Weight.ERROR for one in self.conditions)


def look(home: Home, settings: Settings, now: datetime) -> list[Condition]:
    """Return everything that is the matter with a home at this moment, in UTC without zone."""
    watch, delivered = settings.watch or WatchSettings(), volumes(home, settings)
    return [
        *outcome.last_run(home, watch, now),
        *freshness.missing_deliveries(delivered, watch, now),
        *freshness.missing_regencies(home, delivered),
        *change.volume_changes(delivered, watch),
        *change.coverage_jumps(home, watch),
    ]


def watch(
    home: Home,
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] = silent,
) -> Watched:
    """Return what a watch found, after the news went out. A message that reached nobody is tried again by the next watch."""
    folder(home.watch)
    with only_writer(home.watch / "told"):
        now, memory, told = clock(), Memory.of(home.watch / "told.json"), settings.watch or WatchSettings()
        conditions = look(home, settings, now)
        news = memory.news(conditions, now, timedelta(hours=told.remind_hours))
        delivered = not news or tell(told.notify, news, say)
        if delivered:
            memory.remember(conditions, news, now)
    return Watched(tuple(conditions), news, delivered)


def tell(addresses: Sequence[Secret], news: News, say: Callable[[str], None]) -> bool:
    """Return whether the news reached every address; without addresses they are only said."""
    say(message.text(news))
    reached = [_reached(one, news, say) for one in addresses]
    return all(reached)


def _reached(address: Secret, news: News, say: Callable[[str], None]) -> bool:
    from flows.watching.channels import send

    try:
        if send(address, message.title(news), message.text(news)):
            return True
        say(f"{address.where}: pesan tidak sampai / the message did not arrive")
    except Stop as stop:
        say(str(stop))
    return False
