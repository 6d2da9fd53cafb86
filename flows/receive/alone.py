"""A reception without a load: for a sender whose line is slow, or a first look at a new source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from flows import settings as settings_file
from flows.context import utc_now
from flows.receive.receiving import receive
from flows.receive.reception import Received
from warehouse.files import only_writer
from warehouse.home import Home


def receive_alone(home: Path, folder: Path | None, config: str | None, say: Callable[[str], None]) -> Received:
    """Return what came into the home; the next run loads it, if its source still offers it or not."""
    place = Home(home.resolve())
    place.create()
    with only_writer(place.load_lock):
        place.sweep()
        told = settings_file.load(Path(config) if config else None)
        return receive(place, folder, told, f"{utc_now():%Y%m%dT%H%M%S}-{uuid4().hex[:6]}", say=say)
