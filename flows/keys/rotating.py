"""Another key for the lake: every token is written anew beside, the figures are proved to be the same, then all is changed at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from flows.context import Load, utc_now
from flows.keys import lake_key
from flows.keys.places import Kept, create, read
from flows.keys.proving import proved
from flows.keys.switching import Rotated, Switch, begun, decide, finish, folder_of
from flows.settings import Settings
from transforms.identity import ForeignTokensError, Pseudonyms
from warehouse import lake
from warehouse.errors import Stop
from warehouse.files import remove
from warehouse.home import Home
from warehouse.seals import sealed

WAITING = ".next"


@dataclass(frozen=True)
class Rotation:
    """A rotation: the home and its settings, the key that is replaced, and where the new one waits."""

    home: Home
    settings: Settings
    kept: Kept
    waiting: Path
    keep_old: bool
    say: Callable[[str], None]


def rotate(one: Rotation) -> dict[str, object]:
    """Return what was done: ids of both keys, files and rows with new tokens, and what was proved.

    A rotation that was killed goes on where it was. Raises Stop when the key in use is not the lake's, a file was made
    with another, the disk has no room, or a figure differs; the lake is then as it was. The load lock is held by the caller.
    """
    if done := finish(one.home, one.say):
        return {"old": done.old, "new": done.new, "completed": True, "new_key": _where(done)}
    old = Pseudonyms(one.kept.secret)
    lake_key.claim(one.home, old, one.kept.origin, utc_now().isoformat())
    new = Pseudonyms(read(one.waiting) if os.path.lexists(one.waiting) else create(one.waiting))
    if old.fingerprint() == new.fingerprint():
        en, id = f"{one.waiting} holds the key in use", f"{one.waiting} berisi kunci yang sedang dipakai"
        raise Stop("key_same", en, id, "give a file that is not there yet: a new key is made in it")
    folder = folder_of(one.home, old.fingerprint(), new.fingerprint())
    for path in begun(one.home):
        if path != folder:
            remove(path)
    files = lake.token_files(one.home)
    _require_room(one.home, files)
    rows = sum(_renew(one, path, folder / path.relative_to(one.home.lake), old, new) for path in files)
    _share_the_rest(one.home, folder)
    load = Load(one.home, one.settings, old, "", say=one.say)
    proof = proved(load, replace(load, home=Rotated(one.home.root, folder), pseudonyms=new))
    file = str(one.kept.file or "") if one.kept.file and one.waiting == waiting_for(one.kept.file) else ""
    switch = Switch(old.fingerprint(), new.fingerprint(), file, str(one.waiting), one.keep_old, utc_now().isoformat())
    decide(one.home, switch)
    finish(one.home, one.say)
    told = {"old": switch.old, "new": switch.new, "completed": True, "new_key": _where(switch)}
    return told | {"files": len(files), "rows": rows, "proved": asdict(proof)}


def waiting_for(file: Path) -> Path:
    """Return where the key waits that will take the place of the one in `file`."""
    return file.with_name(file.name + WAITING)


def _where(switch: Switch) -> str:
    return switch.file or switch.waiting


def _renew(one: Rotation, path: Path, target: Path, old: Pseudonyms, new: Pseudonyms) -> int:
    """Return the rows of a lake file, which lies under the new key at `target` and was proved to hold the same persons."""
    if not (target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns):
        one.say(f"token baru / new tokens: {path.relative_to(one.home.lake)}")
        names = lake.token_columns(path)
        renewed = _mapped(lake.gated(path), names, partial(old.renewed, into=new))
        with sealed(target) as beside:
            try:
                sink = renewed.sink_parquet(
                    beside, compression="zstd", metadata=lake.marked(new.fingerprint()), lazy=True
                )
                sink.collect(engine="streaming")
                same = _digest(path, old) == _digest(beside, new)
            except (ForeignTokensError, pl.exceptions.PolarsError) as broken:
                if _is_foreign(broken):
                    raise lake_key.foreign(path, one.home) from None
                raise
            if not same:
                en, id = f"{path.name} holds other rows under the new key", f"{path.name} berbeda di bawah kunci baru"
                raise Stop("rows_differ", en, id, "nothing was changed: report it to the maintainers")
    return lake.count(target)


def _digest(path: Path, keys: Pseudonyms) -> tuple[int, int]:
    """Return the number of rows and the sum of their hashes, with ids in the place of tokens: they are in memory only."""
    rows = _mapped(lake.gated(path), lake.token_columns(path), keys.ids)
    told = lake.only_row(rows.select(rows=pl.len(), digest=pl.struct(pl.all()).hash(1).sum()))
    return told["rows"], told["digest"]


def _mapped(frame: pl.LazyFrame, names: list[str], change: Callable[[pl.Series], pl.Series]) -> pl.LazyFrame:
    return frame.with_columns(
        pl.col(name).map_batches(change, return_dtype=pl.Binary, is_elementwise=True) for name in names
    )


def _is_foreign(broken: BaseException) -> bool:
    return isinstance(broken, ForeignTokensError) or ForeignTokensError.__name__ in str(broken)


def _share_the_rest(home: Home, folder: Path) -> None:
    """Give the folder of the rotation the files without tokens, by name only, so that months can be computed in it."""
    tokens = {path.parent for path in lake.token_files(home)}
    for place in home.lake.iterdir():
        if place.is_dir() and place not in tokens and lake.is_of_extracts(place.name):
            for path in place.glob("[!.]*.parquet"):
                lake.share(path, folder / place.name / path.name)


def _require_room(home: Home, files: list[Path]) -> None:
    wanted = 2 * sum(path.stat().st_size for path in files)
    if wanted > shutil.disk_usage(home.lake).free:
        en, id = f"the lake is written beside itself: {wanted:,} bytes", f"lake ditulis di sampingnya: {wanted:,} byte"
        raise Stop("disk_full", en, id, "make room on the disk of HOME, then run again")
