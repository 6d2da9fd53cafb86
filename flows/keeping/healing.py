"""A damaged file of the lake heals: it goes with what said that it was there, and the next step makes it again."""

from __future__ import annotations

from pathlib import Path

from warehouse import ledger
from warehouse.files import only_writer
from warehouse.home import Home
from warehouse.seals import Damaged, forget, whole


def is_made_again(home: Home, path: Path) -> bool:
    """Return whether a load can make the file again from landing: files of the lake are, journals are not."""
    return path.is_relative_to(home.lake) and path.suffix in (".parquet", ".json")


def heal(home: Home) -> list[Path]:
    """Return the damaged files of the lake, which are gone: the next load makes again what it needs of them."""
    found = list[Path]()
    with only_writer(home.load_lock):
        for path in [one for one in sorted(home.lake.rglob("[!.]*")) if is_made_again(home, one)]:
            try:
                whole(path)
            except Damaged:
                make_again(home, path)
                found.append(path)
    return found


def make_again(home: Home, path: Path) -> None:
    """Remove a damaged file, and the verdict or the list that names it, so that a load finds its step undone."""
    if path.parent.parent == home.lake / "facts" and path.suffix == ".parquet":
        forget(path.with_name(f"{path.stem.rpartition('_')[2]}.json"))
    elif path.parent == home.lake / "inputs":
        for listing in (home.lake / "facts").glob("*/*.json"):
            if path.stem in listing.read_text(encoding="utf-8", errors="replace"):
                forget(listing)
    elif path.parent.parent == home.lake / "rejected" or path.parent.parent == home.lake:
        forget(ledger.verdict_path(home, path.stem))
    forget(path)
