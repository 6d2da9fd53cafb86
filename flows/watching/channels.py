"""Where messages go: addresses as Apprise writes them. They are secrets, so that nothing of them is ever said or logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.secret import Secret
from warehouse.errors import Stop

if TYPE_CHECKING:
    from apprise import NotifyBase

TALKERS = ("apprise", "urllib3")


def channel(kept: Secret) -> NotifyBase:
    """Return the channel of an address. Raises Stop when it is missing, or nothing that Apprise can send to."""
    from apprise import Apprise, NotifyBase

    address = kept.reveal()
    with unsaid():
        found = Apprise.instantiate(address, suppress_exceptions=True)
    if isinstance(found, NotifyBase):
        return found
    en, id = f"{kept.where}: no address that Apprise knows", f"{kept.where}: bukan alamat yang dikenal Apprise"
    raise Stop("address_unusable", en, id, "docs/watching.md shows how addresses are written")


def send(kept: Secret, title: str, text: str) -> bool:
    """Return whether the message reached an address; one that is too long for it is sent in parts. Raises Stop like `channel`."""
    from apprise import Apprise, NotifyFormat, OverflowMode

    to = channel(kept)
    to.overflow_mode = OverflowMode.SPLIT
    with unsaid():
        return bool(Apprise(servers=[to]).notify(title=title, body=text, body_format=NotifyFormat.TEXT))


@contextmanager
def unsaid() -> Iterator[None]:
    """Let those who handle an address log nothing: at some level they would quote it."""
    talkers = [logging.getLogger(name) for name in TALKERS]
    before = [one.level for one in talkers]
    for one in talkers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(talkers, before, strict=True):
            one.setLevel(level)
