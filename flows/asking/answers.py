"""An answer: asked of the right file, shown on the terminal or written to a file of the user's."""

from __future__ import annotations

import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, date, datetime
from json import dumps, loads
from pathlib import Path

import polars as pl

from flows.asking import hints, slips
from flows.asking.names import columns, meaning
from flows.cli_arguments import say
from flows.printing import as_csv, as_json, as_table, write_parquet
from warehouse.asking import MEMORY_LIMIT, Refused, ask
from warehouse.errors import Stop
from warehouse.files import placed
from warehouse.home import Home

PUBLISHED, INTERNAL = ("mart",), ("mart", "core", "ops")


def file_of(given: Namespace) -> Path:
    """Return the file that is asked, the version itself behind the link. Raises Stop when there is none."""
    home = Home(given.home.resolve())
    file = home.warehouse if given.internal else home.current
    if not file.exists():
        en, id = f"nothing is published in {home.root}", f"belum ada terbitan di {home.root}"
        raise Stop("nothing_published", en, id, _where_it_is())
    return file.resolve()


def _where_it_is() -> str:
    if Home(Path.cwd()).current.exists():
        return "folder ini gudang / this folder is a home: --home ."
    return "load extracts first: cakupan run --source DIR --home DIR"


def version_of(file: Path) -> str:
    """Return the name of the version that `file` is; of the internal warehouse, when it was put in place."""
    if file.parent.parent.name == "published":
        return file.parent.name
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def memory_limit_of(given: Namespace) -> str:
    """Return how much memory a question may take: what the settings say, or a default without them."""
    if given.config is None:
        return MEMORY_LIMIT
    from flows import settings

    return settings.load(Path(given.config)).memory_limit


def answer(
    given: Namespace, sql: str, parameters: Mapping[str, str] | None = None, as_of: date | None = None
) -> pl.DataFrame:
    """Return the answer to `sql`; what looks like a slip is said aside. Raises Stop with the nearest names."""
    file, day = file_of(given), as_of or getattr(given, "as_of", None)
    for note in slips.notes(file, sql):
        say(note)
    schemas, limit = INTERNAL if given.internal else PUBLISHED, memory_limit_of(given)
    try:
        found = ask(file, sql, parameters, as_of=day, schemas=schemas, memory_limit=limit)
    except Refused as refused:
        raise hints.explained(file, sql, refused) from None
    for note in slips.of_nothing(file, sql, found):
        say(note)
    return found


def deliver(found: pl.DataFrame, given: Namespace) -> int:
    """Print an answer in the form asked for, or write it to the file named."""
    if getattr(given, "out", None):
        write(found, given.out, given.home, force=given.force)
        say(f"{given.out}: {found.height:,} baris / rows")
    else:
        print(shown(found, csv=given.csv, json=given.json), flush=True)
    return 0


def description(file: Path, name: str, *, csv: bool, json: bool) -> str:
    """Return what a table, view or macro is, with its columns; as CSV the columns only."""
    told, found = meaning(file, name), columns(file, name)
    if csv:
        return as_csv(found)
    if json:
        return dumps({"name": name, "meaning": told, "columns": loads(as_json(found))}, ensure_ascii=False)
    table = shown(found, csv=False, json=False) if found.height else ""
    return "\n\n".join([textwrap.fill(told, terminal_width() or 120), *[table] * bool(table)])


def terminal_width() -> int | None:
    """Return how many characters a line of the terminal holds, None when the answer goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def shown(found: pl.DataFrame, *, csv: bool, json: bool) -> str:
    """Return an answer as text; a table is fitted to the terminal when it goes to one."""
    if json or csv:
        return as_json(found) if json else as_csv(found)
    if found.columns == ["explain_key", "explain_value"]:
        return "\n".join(found["explain_value"])
    return as_table(found, terminal_width())


def write(found: pl.DataFrame, file: Path, home: Path, *, force: bool) -> None:
    """Write an answer to `file`, whole or not at all. Raises Stop rather than to write over a file, or into the home."""
    target = file.resolve()
    if target.is_relative_to(home.resolve()):
        en, id = f"{file} lies in the home folder", f"{file} ada di folder gudang"
        raise Stop("output_in_home", en, id, "choose a folder of your own / pilih folder lain")
    if target.exists() and not force:
        raise Stop("output_exists", f"{file} exists", f"{file} sudah ada", "another name, or --force")
    if not target.parent.is_dir():
        raise Stop("output_no_folder", f"{file.parent} is no folder", f"{file.parent} bukan folder", "make it first")
    with placed(target) as beside:
        if target.suffix.lower() == ".parquet":
            write_parquet(found, beside)
        else:
            text = as_json(found) if target.suffix.lower() == ".json" else as_csv(found)
            beside.write_text(text + "\n", encoding="utf-8")
