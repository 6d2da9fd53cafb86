"""The home folder: where everything lies."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from warehouse import commits
from warehouse.files import folder as make_folder
from warehouse.files import remove

DATABASE = "cakupan.duckdb"
INCOMING = ".incoming-"
INCOMING_KEPT_SECONDS = 7 * 86_400


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
        for left in [*self.landing.glob(".*"), *self.lake.rglob(".*"), *self.reports.rglob(".*")]:
            if left.exists() and not (left.name.startswith(INCOMING) and left.stat().st_mtime > oldest):
                remove(left)

    def create(self) -> None:
        """Make the folders, readable by owner and group only."""
        for folder in (self.root, self.landing, self.lake, self.published, self.reports):
            make_folder(folder)
