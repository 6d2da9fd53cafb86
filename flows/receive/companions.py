"""Files beside a file: the control totals and the SHA-256 that its sender states; and names that are no extract's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.receive.remote import Found, Remote
from warehouse.errors import Stop

CONTROL, CHECKSUM = ".control.json", ".sha256"
ARRIVING = (".part", ".filepart", ".partial", ".tmp", ".crdownload")
LARGEST_COMPANION = 1 << 20
STATED = re.compile(r"^\\?([0-9A-Fa-f]{64})(?:[ \t]+\*?(.+))?$")


@dataclass
class Offered:
    """What a source offers: files, and those that say something about another file, by the name of that one."""

    files: list[Found] = field(default_factory=list)
    controls: dict[str, Found] = field(default_factory=dict)
    checksums: dict[str, Found] = field(default_factory=dict)


def sorted_out(listed: Iterable[Found]) -> Offered:
    """Return the files in order of their names, apart from their companions."""
    offered = Offered()
    for found in sorted(listed, key=lambda one: one.name):
        if found.name.endswith(CONTROL):
            offered.controls[found.name.removesuffix(CONTROL)] = found
        elif found.name.endswith(CHECKSUM):
            offered.checksums[found.name.removesuffix(CHECKSUM)] = found
        else:
            offered.files.append(found)
    return offered


def is_arriving(name: str) -> bool:
    """Return whether the name is one that programs give a file while they write it."""
    return name.lower().endswith(ARRIVING)


def require_plain(name: str) -> None:
    """Raise Stop for a name that could lead elsewhere, or that cannot be shown."""
    parts = name.split("/")
    if not name or ".." in parts or "" in parts or not name.isprintable() or len(name) > 500:
        shown = ascii(name)[1:61]
        en, id = f"{shown} is no plain file name", f"{shown} bukan nama berkas yang wajar"
        raise Stop("name_refused", en, id, "rename the file: no '..', no control characters")


def stated_sha256(remote: Remote, found: Found) -> str:
    """Return the SHA-256 that a file such as `iuran.csv.sha256` states. Raises Stop when it states none."""
    text = b""
    for piece in remote.read(found, 0):
        text += piece
        if len(text) > LARGEST_COMPANION:
            break
    base = found.name.rsplit("/", 1)[-1].removesuffix(CHECKSUM)
    lines = [STATED.match(line) for line in text[:LARGEST_COMPANION].decode("utf-8", "replace").splitlines()]
    stated = {one[1].lower() for one in lines if one and (one[2] is None or one[2].rsplit("/", 1)[-1] == base)}
    if len(stated) != 1:
        en, id = f"{found.name} states no single SHA-256", f"{found.name} tidak memuat satu SHA-256"
        raise Stop("checksum_unreadable", en, id, "write it with sha256sum FILE > FILE.sha256, or leave it out")
    return stated.pop()
