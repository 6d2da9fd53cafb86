"""Which content a source showed under which tag: what proves that a file needs no second transfer."""

from __future__ import annotations

import json
from contextlib import suppress

from flows.at_rest.landed import size
from flows.receive.remote import Found
from warehouse.files import placed
from warehouse.home import Home


class Memory:
    """The contents of a source by name. It is no truth of its own: without it every file is read again.

    `trusting` takes a tag of the time for a proof, as the settings of the source may declare; with `deleting` a content
    that was deleted as the settings ask is known too.
    """

    def __init__(self, home: Home, source: str, *, trusting: bool, deleting: bool = False) -> None:
        self.home, self.trusting, self.deleting = home, trusting, deleting
        self.path = home.landing / "seen" / f"{source}.json"
        self.before: dict[str, list[object]] = {}
        self.now: dict[str, list[object]] = {}
        with suppress(OSError, ValueError):
            self.before = dict(json.loads(self.path.read_text(encoding="utf-8")))

    def recall(self, found: Found) -> str:
        """Return the SHA-256 of the content if it is proved and still known to landing, else an empty text."""
        sha256 = found.sha256
        if not sha256 and found.tag and (found.strong or self.trusting):
            *seen, told = self.before.get(found.name) or [None, None, ""]
            sha256 = str(told) if seen == [found.size, found.tag] else ""
        if not sha256:
            return ""
        held = size(self.home, sha256, deleted_too=self.deleting)
        if held is None or found.size not in (None, held):
            return ""
        self.remember(found, sha256)
        return sha256

    def remember(self, found: Found, sha256: str) -> None:
        """Note the content that came under a tag that proves something."""
        if found.strong or self.trusting:
            self.now[found.name] = [found.size, found.tag, sha256]

    def write(self) -> None:
        """Bring the memory to the disk, if it is another than before; what a source offers no more is forgotten."""
        if self.now != self.before:
            with placed(self.path) as beside:
                beside.write_text(json.dumps(self.now), encoding="utf-8")
