"""A home made anew from what was received: every run of the old one again, in its order, with its files, settings and moments.

Landing and its journal are enough for the figures that stand. With the ledger the history is equal too: which months a run
loaded, when, and what was published or taken back.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.at_rest import landed
from flows.at_rest.settings import LandingSettings
from flows.context import Load, OneByOne, silent, utc_now
from flows.keys import lake_key
from flows.keys.places import pseudonyms
from flows.publishing.publishing import Publication, publish_home
from flows.receive.kept import is_whole
from flows.receive.reception import Received
from flows.settings import Settings
from flows.steps import run
from warehouse import commits, ledger
from warehouse.errors import Stop
from warehouse.files import folder, placed
from warehouse.home import Home
from warehouse.ledger import Delivery
from warehouse.published import roll_back


@dataclass
class Past:
    """A run of the old home: what it received and, where a ledger tells it, what it committed and published, and when."""

    run_id: str
    arrived: list[Delivery] = field(default_factory=list)
    moments: dict[str, datetime] = field(default_factory=dict)
    settings: str = ""
    published: str = ""
    stands: list[dict[str, Any]] = field(default_factory=list)

    def moment(self) -> datetime:
        """Return when the run did its work: the first moment that is known of it."""
        known = [*self.moments.values(), *(ledger.moment(one.received_at) for one in self.arrived)]
        return min(known)


def rebuild(
    old: Home, new: Home, settings: Settings, say: Callable[[str], None] = silent, *, backwards: bool = False
) -> list[Past]:
    """Return the runs that were made again, after `new` holds what they gave. `settings` hold for runs of which none are known.

    `backwards` enters the files of each run in the opposite order: it makes no difference. Raises Stop when `new` is not
    empty, or a content is damaged.
    """
    if new.root.exists() and any(new.root.iterdir()):
        told = f"{new.root} is not empty", f"{new.root} tidak kosong"
        raise Stop("home_not_empty", *told, "name a folder that is empty or not there")
    new.create()
    past, known = list(_past(old)), commits.entries(old.ledger)
    settings = settings.model_copy(update={"keep_versions": max(settings.keep_versions, len(past))})
    keys, origin = pseudonyms(new, settings.key)
    lake_key.claim(new, keys, origin, utc_now().isoformat())
    for place, one in enumerate(past, start=1):
        say(f"{one.run_id} ({place}/{len(past)})")
        arrived = one.arrived[::-1] if backwards else one.arrived
        for delivery in arrived:
            _bring(old, new, delivery, settings.landing)
        ledger.record(new, arrived)
        of_run = Settings.model_validate_json(one.settings) if one.settings else settings
        load = Load(new, of_run, keys, one.run_id, _months(one) if known else None, (), say, _Clock(one).now)
        if one.arrived or one.moments or not known:
            run(load, None, _Again(one, load, settings, with_ledger=bool(known)))
        elif one.published:
            publish_home(new, settings, one.published, say)
        for stood in one.stands:
            roll_back(new.published, stood["version"], stood["reason"])
    return past


def _past(old: Home) -> Iterator[Past]:
    """Yield the runs of the old home in order of time; a version that was published without a run is one of its own."""
    found: dict[str, Past] = {}
    for delivery in ledger.deliveries(old):
        found.setdefault(delivery.run_id, Past(delivery.run_id)).arrived.append(delivery)
    order: dict[str, tuple[str, int]] = {run: (one.arrived[0].received_at[:19], 0) for run, one in found.items()}
    current = ""
    for place, entry in enumerate(commits.entries(old.ledger)):
        told = entry.told
        if entry.event == commits.COMMITTED and "run_id" in told:
            one = found.setdefault(current := told["run_id"], Past(told["run_id"]))
            one.moments[told.get("month", "records")] = datetime.fromisoformat(told["loaded_at"])
            one.settings = told.get("settings", one.settings)
            order.setdefault(current, (told["loaded_at"][:19], place))
        elif entry.event == commits.PUBLISHED:
            current = told["version"]
            found.setdefault(current, Past(current)).published = current
            order.setdefault(current, (entry.at[:19], place))
        elif entry.event == commits.STANDS and current in found:
            found[current].stands.append(dict(told))
    yield from sorted(found.values(), key=lambda one: order[one.run_id])


def _months(one: Past) -> OneByOne:
    return OneByOne(frozenset(date.fromisoformat(name) for name in one.moments if name != "records"))


def _bring(old: Home, new: Home, delivery: Delivery, at_rest: LandingSettings) -> None:
    for sha256 in filter(None, (delivery.sha256, delivery.control)):
        if new.landed(sha256).exists():
            continue
        if not is_whole(old, sha256):
            told = (
                f"{delivery.name}: {sha256} is damaged or gone in landing",
                f"{delivery.name}: {sha256} rusak atau hilang",
            )
            raise Stop("landing_file_damaged", *told, f"offer it again at {delivery.uri}, or take it from a backup")
        folder(new.landed(sha256).parent)
        with tempfile.TemporaryDirectory(dir=new.landing, prefix=".scratch-") as scratch:
            content = landed.opened(old, sha256, Path(scratch), at_rest)
            try:
                os.link(content, new.landed(sha256))
            except OSError:
                with placed(new.landed(sha256)) as beside:
                    shutil.copyfile(content, beside)
                    beside.chmod(0o440)


@dataclass
class _Clock:
    """Tells the moment at which the old run did what is being done again."""

    past: Past
    step: str = ""

    def now(self) -> datetime:
        return self.past.moments.get(self.step) or self.past.moment()


class _Again:
    """Runs the steps of a run again: what it received is here already, and what it did not come to is left out."""

    def __init__(self, past: Past, load: Load, publishing: Settings, *, with_ledger: bool) -> None:
        self.past, self.load, self.publishing, self.with_ledger = past, load, publishing, with_ledger
        self.clock = _Clock(past)

    def __call__(self, name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        if name == "register":
            names = [one.name for one in self.past.arrived]
            return Received(names, list(names))
        if name.startswith("load "):
            self.clock.step = f"{name.removeprefix('load ')}-01"
        elif name == "records":
            self.clock.step = "records"
            if self.with_ledger and "records" not in self.past.moments:
                return 0
        elif name.startswith("publish"):
            if name != "publish" or (self.with_ledger and not self.past.published):
                return Publication("")
            version = self.past.published or self.past.run_id
            return publish_home(self.load.home, self.publishing, version, self.load.say)
        if name.startswith(("load ", "records")):
            arguments = tuple(replace(one, clock=self.clock.now) if isinstance(one, Load) else one for one in arguments)
        return step(*arguments)
