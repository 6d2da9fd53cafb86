"""The home folder: where everything lies."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse import commits
from warehouse.errors import Stop
from warehouse.files import abandoned, remove
from warehouse.files import folder as make_folder

DATABASE = "cakupan.duckdb"
INCOMING = ".incoming-"
SITE = "site"
TOO_OPEN = 0o027
INCOMING_KEPT_SECONDS = 7 * 86_400
PATTERN_MARKS = "*?["


@dataclass(frozen=True)
class Home:
    """The folders of an installation."""

    root: Path

    @property
    def landing(self) -> Path:
        """Return the folder of the extracts as they came: the only place with personal data in the clear."""
        return self.root / "landing"

    @property
    def lake(self) -> Path:
        """Return the folder of the pseudonymous rows."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """Return the build file of the warehouse; readers open the published copy instead."""
        return self.root / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """Return the ledger of what was committed and published."""
        return commits.of(self.warehouse)

    @property
    def published(self) -> Path:
        """Return the folder of the published versions."""
        return self.root / "published"

    @property
    def disclosure(self) -> Path:
        """Return the file that remembers which cells of the published copy are hidden."""
        return self.root / "disclosure.parquet"

    @property
    def current(self) -> Path:
        """Return the file that readers open."""
        return self.published / "current" / DATABASE

    @property
    def reports(self) -> Path:
        """Return the folder of the reports and Data Docs."""
        return self.root / "reports"

    @property
    def runs(self) -> Path:
        """Return the folder of the logs of runs."""
        return self.root / "runs"

    @property
    def watch(self) -> Path:
        """Return the folder of what was told about the installation."""
        return self.root / "watch"

    def landed(self, sha256: str) -> Path:
        """Return where the content with this SHA-256 lies."""
        return self.landing / sha256[:2] / sha256

    @property
    def load_lock(self) -> Path:
        """Return what a load holds while it runs."""
        return self.root / "load"

    def sweep(self) -> None:
        """Remove what a killed load left unfinished; only the holder of the load lock may.

        What came of a file whose transfer broke stays for a week: the next load takes it up.
        """
        oldest = time.time() - INCOMING_KEPT_SECONDS
        for left in [
            *self.landing.rglob(".*"),
            *self.lake.rglob(".*"),
            *self.reports.rglob(".*"),
            *abandoned(self.watch),
        ]:
            if left.exists() and not (left.name.startswith(INCOMING) and left.stat().st_mtime > oldest):
                remove(left)
        for link in [*self.published.glob(f".{self.current.parent.name}.*"), *self.root.glob(f".{SITE}.*")]:
            if link.is_symlink():
                link.unlink()

    def create(self) -> None:
        """Make the folders, readable by owner and group only, and close to others those that others never need.

        Raises Stop when the path has a mark that engines take for a pattern of many files.
        """
        if mark := next(filter(str(self.root).__contains__, PATTERN_MARKS), ""):
            en = f"{self.root}: {mark} in the path of HOME is read as a pattern of many files"
            id = f"{self.root}: {mark} dalam jalur HOME dibaca sebagai pola banyak berkas"
            raise Stop("home_is_a_pattern", en, id, "name a folder without * ? [ / pilih folder tanpa * ? [")
        for folder in (self.root, self.landing, self.lake, self.published, self.reports):
            make_folder(folder)
        for folder in self.closed():
            mode = stat.S_IMODE(folder.lstat().st_mode)
            if mode & TOO_OPEN and folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                folder.chmod(mode & ~TOO_OPEN)

    def closed(self) -> list[Path]:
        """Return the folders that are there and that nobody but owner and group may enter, nor the group write."""
        inner = (self.landing, self.lake, self.reports, self.runs, self.watch, self.root / "keys")
        return [folder for folder in inner if folder.is_dir()]

    def require_no_links(self) -> None:
        """Raise Stop when a link lies where only this home's own files may: what is written or read would be elsewhere.

        The links to the current version and to the pages are the only ones, and name a folder beside them; a killed
        process may have left another under their hidden name. A folder in their place is refused too: nothing would replace it.
        """
        ours = (self.published, self.current.parent.name), (self.root, SITE)
        for place, name in ours:
            if (path := place / name).is_dir() and not path.is_symlink():
                en, id = f"{path} is a folder, not a link", f"{path} adalah folder, bukan tautan"
                raise Stop(
                    "link_was_copied",
                    en,
                    id,
                    "remove it, what it shows lies beside it; copy a home with cakupan backup",
                )
        for path in [*self.root.iterdir(), *(one for top in (*self.closed(), self.published) for one in _links(top))]:
            own = any(
                path.parent == place and (path.name == name or path.name.startswith(f".{name}."))
                for place, name in ours
            )
            if path.is_symlink() and not (own and len(path.readlink().parts) == 1):
                en, id = f"{path} is a link", f"{path} adalah tautan"
                raise Stop("link_in_home", en, id, "remove it; to use another disk, mount it there")


def _links(top: Path) -> Iterator[Path]:
    if not top.is_symlink():
        folders = [str(top)]
        while folders:
            with suppress(OSError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        yield Path(entry.path)
                    elif entry.is_dir():
                        folders.append(entry.path)
