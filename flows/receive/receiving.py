"""A reception of a run: its folder, or every source that has a url, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from flows.context import silent, utc_now
from flows.receive.opening import remote_of
from flows.receive.reception import Received, Reception
from flows.receive.register import Register
from flows.settings import Settings
from flows.sources import Address, FileAddress
from warehouse.errors import Stop
from warehouse.home import Home


def receive(
    home: Home,
    folder: Path | None,
    settings: Settings,
    run_id: str,
    clock: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] = silent,
    regions: Sequence[str] = (),
) -> Received:
    """Return what came from a folder, whose files keep their names, or without one from every source that has a url.

    New content is in the landing area and in the ledger afterwards. Files that are of other `regions` by their names
    are left. Raises Stop when there is nothing to receive from.
    """
    register, all_of_them = Register(home, run_id, clock), Received()
    for key, address in addresses(settings, folder).items():
        all_of_them.add(Reception(key, address, settings, register, say, regions).run(remote_of))
    return all_of_them


def addresses(settings: Settings, folder: Path | None) -> dict[str, Address]:
    """Return the address of the folder under an empty key, or without one that of every source with a url by its key.

    Raises Stop when there is none.
    """
    found: dict[str, Address] = {key: source.remote for key, source in settings.sources.items() if source.remote}
    if folder is not None:
        if not folder.is_dir():
            raise Stop("source_missing", f"{folder} is not a folder", f"{folder} bukan folder", "correct --source")
        found = {"": FileAddress(url=folder.absolute().as_uri())}
    if not found:
        en, id = "no folder is given and no source has a url", "tidak ada folder dan tidak ada sumber dengan url"
        raise Stop("source_missing", en, id, "give --source DIR, or --config FILE with a source that has a url")
    return found
