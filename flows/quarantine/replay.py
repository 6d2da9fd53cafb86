"""Quarantine once more: what is open is gated again, with a file of mended rows or without, and what became of it is told."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from flows import settings as settings_file
from flows.entry import load_folder
from flows.gating import extract_of
from flows.quarantine.answers import is_answer
from flows.quarantine.list import by_rule, content_of, rows_of, totals
from flows.quarantine.matching import matches
from flows.quarantine.rows import landed_rows, raw_rows
from flows.quarantine.state import OPEN, Content, rows
from flows.settings import Settings
from warehouse.errors import Stop
from warehouse.home import Home

INBOX = "replay-"
SAME = ["name", "sha256", "line_no"]


def replay(
    home: Home, config: str | None, file: str = "", mended: Path | None = None, say: Callable[[str], None] = print
) -> dict[str, Any]:
    """Return what became of the open rows, of one file or of all: `before` and `after` the totals, `resolved` by file and rule.

    Every content is gated again as far as settings, corrections or rules changed, months are loaded and published as
    by a run. `mended` brings rows of `file` back. Raises Stop when its rows are not rejected rows of that file.
    """
    one = content_of(home, file) if file else None
    name = one.judged.delivery.name if one else ""
    before = _of(rows(home), name)
    with tempfile.TemporaryDirectory(dir=home.landing, prefix=INBOX) as folder:
        if mended is not None:
            if one is None:
                raise Stop(
                    "file_missing", "--with needs the file that is mended", "--with memerlukan nama berkas", "name it"
                )
            _deliver(home, settings_file.load(Path(config) if config else None), one, mended, Path(folder))
        result = load_folder(folder, str(home.root), None, config, say=say)
    after = _of(rows(home), name)
    return {
        "run_id": result["run_id"],
        "published": result["published"],
        "stopped_months": result["stopped_months"],
        "stopped_files": result["stopped_files"],
        "before": totals(before),
        "after": totals(after),
        "resolved": by_rule(_resolved(before, after)).to_dicts(),
    }


def _deliver(home: Home, settings: Settings, one: Content, mended: Path, folder: Path) -> None:
    """Put a file of mended rows where a run receives it: with marks under a name of its kind, without under that of `one`."""
    delivery = one.judged.delivery
    if is_answer(mended):
        target = folder / f"{delivery.kind}_perbaikan_{mended.name}"
    else:
        _require_rows_of(home, settings, one, mended)
        target = folder / delivery.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(mended, target)


def _require_rows_of(home: Home, settings: Settings, one: Content, mended: Path) -> None:
    delivery, dialect = one.judged.delivery, settings.dialect_of(one.judged.delivery.name)
    sent = landed_rows(home, delivery, dialect, settings.landing)
    later = raw_rows(home, mended, delivery.kind, dialect)
    answered = matches(rows_of(home, one), sent, later, extract_of(delivery.kind)).height
    if answered < later.height or later.height == sent.height:
        missed = later.height - answered
        raise Stop(
            "not_rows_of_the_file",
            f"{missed} of {later.height} rows of {mended.name} are no open rows of {delivery.name}",
            f"{missed} dari {later.height} baris {mended.name} bukan baris terbuka {delivery.name}",
            "kirim baris dari ekspor, atau seluruh berkas dengan namanya"
            " / send rows of the export, or the whole file under its name",
        )


def _of(found: pl.DataFrame, name: str) -> pl.DataFrame:
    return found.filter(pl.col("name") == name) if name else found


def _resolved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that were open and are not any more, as they are now."""
    was_open = before.filter(pl.col("state") == OPEN).select(SAME)
    return after.filter(pl.col("state") != OPEN).join(was_open, on=SAME, how="semi")
