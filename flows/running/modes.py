"""Who may read and write what: the modes of the files of a home, against what they should be."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flows.running.findings import Finding, State
from warehouse.errors import Stop
from warehouse.home import TOO_OPEN, Home

WRITABLE = 0o222
KEY = 0o077


def look(home: Home) -> Iterator[Finding]:
    """Yield what others may do that they should not, each with its cure; one finding when all is as it should be."""
    found = list(_wrong(home))
    yield from found or [Finding("permissions", State.FINE, "closed to others; what is published is read-only")]


def _wrong(home: Home) -> Iterator[Finding]:
    for folder in (home.root, *home.closed()):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & 0o007:
            yield Finding("permissions", State.LOOK, f"others may enter {folder}", f"chmod o= {folder}")
        elif mode & 0o020:
            yield Finding("permissions", State.LOOK, f"the group may write {folder}", f"chmod g-w {folder}")
    for folder, open_files in _counted(home).items():
        seen = f"{open_files} files in {folder} may be read by others, or written by the group"
        yield Finding("permissions", State.LOOK, seen, f"chmod -R g-w,o= {folder}")
    served = (path for path in _files(home.published) if path.parent != home.published)
    written = sum(1 for path in served if path.stat().st_mode & WRITABLE)
    if written:
        cure = f"find {home.published} -type f ! -name '.*' -exec chmod a-w {{}} +"
        yield Finding("permissions", State.LOOK, f"{written} published files may be written", cure)
    keys = home.root / "keys"
    if keys.is_dir() and keys.stat().st_mode & KEY:
        yield Finding("permissions", State.LOOK, f"others than the owner may enter {keys}", f"chmod 700 {keys}")
    try:
        home.require_no_links()
    except Stop as stop:
        yield Finding("permissions", State.BROKEN, stop.en, stop.cure)


def _counted(home: Home) -> Counter[Path]:
    """Return the files that are too open by folder; metrics are read by whoever watches the machine."""
    tops = [top for top in home.closed() if top != home.watch]
    return +Counter({top: sum(1 for path in _files(top) if path.stat().st_mode & TOO_OPEN) for top in tops})


def _files(top: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(top):
        yield from (path for name in names if not (path := Path(folder, name)).is_symlink())
