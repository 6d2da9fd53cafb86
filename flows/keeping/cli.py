"""The commands around what is kept: verify, rebuild, backup, restore."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import cli_arguments as arguments
from flows.cli_arguments import say

WRONG = 4
CODES = "exit codes: 0 whole, 1 failure, 2 usage, 4 something is damaged or differs"


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of `cakupan`."""
    checked = _command(add("verify", help="is everything that is kept whole? / periksa keutuhan"), verify)
    arguments.home(checked, writes=True)
    checked.add_argument("--quick", action="store_true", help="sizes and structure only / ukuran dan susunan saja")
    checked.add_argument("--heal", action="store_true", help="remove damaged lake files first: a run makes them again")
    arguments.config(checked)
    again = _command(add("rebuild", help="make a home anew from landing / bangun ulang dari landing"), rebuild)
    arguments.home(again, writes=True)
    again.add_argument("--into", type=Path, required=True, metavar="DIR", help="the new home, empty")
    again.add_argument("--compare", action="store_true", help="hold its published copy to the old one, cell for cell")
    arguments.config(again)
    saved = _command(add("backup", help="copy the home, without its key / cadangkan tanpa kunci"), backup)
    arguments.home(saved, writes=True)
    saved.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of backups, on another disk")
    saved.add_argument("--drill", action="store_true", help="restore it on trial, and say how long that took")
    back = _command(add("restore", help="a home from a backup / pulihkan dari cadangan"), restore)
    back.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR", help="folder of backups")
    back.add_argument("--backup", default="", metavar="NAME", help="which; without it the newest")
    where = back.add_mutually_exclusive_group(required=True)
    where.add_argument("--home", type=Path, metavar="DIR", help="the new home, empty")
    where.add_argument("--drill", action="store_true", help="on trial, beside the backups, and say how long that took")


def verify(given: Namespace) -> int:
    """Print the findings on a home; 4 when something is damaged."""
    from flows.keeping.healing import heal
    from flows.keeping.verifying import verify as look
    from flows.running.doctor import text
    from flows.settings import load

    home, settings = _home(given), load(Path(given.config) if given.config else None)
    for path in heal(home) if given.heal else ():
        say(f"rusak, dihapus / damaged, removed: {path.relative_to(home.root)}")
    found = look(home, say, quick=given.quick, at_rest=settings.landing)
    print(json.dumps([one.data() for one in found], indent=1, ensure_ascii=False) if given.json else text(found))
    return WRONG if any(one.fatal for one in found) else 0


def rebuild(given: Namespace) -> int:
    """Make a home anew, and print what was made again; 4 when it is to be compared and differs."""
    from flows.keeping.comparing import compare
    from flows.keeping.rebuilding import rebuild as make_again
    from flows.running.doctor import text
    from flows.settings import load
    from warehouse.home import Home

    old, new = _home(given), Home(given.into.resolve())
    past = make_again(old, new, load(Path(given.config) if given.config else None), say)
    found = compare(old, new) if given.compare else []
    told = {"runs": [one.run_id for one in past], "home": str(new.root), "compared": [one.data() for one in found]}
    lines = f"{len(past)} proses / runs: {new.root}"
    _print(given, told, "\n".join(filter(None, [lines, text(found)])))
    return WRONG if any(one.fatal for one in found) else 0


def backup(given: Namespace) -> int:
    """Copy a home, and print what was copied; 4 when damaged files had to be left out, or the drill finds fault."""
    from flows.keeping.backing_up import backup as copy

    told = copy(_home(given), given.to, say)
    tried = _tried(given.to, told["backup"]) if given.drill else None
    lines = [
        f"{told['backup']}: {told['files']:,} berkas / files, {told['bytes']:,} B; baru / new {told['new_bytes']:,} B",
        f"kunci tidak ikut / the key is not in it; its id is {told['key'] or '-'}",
        *(f"rusak, tidak ikut / damaged, left out: {name}" for name in told["damaged"]),
        *([_restored(tried)] if tried else []),
    ]
    _print(given, {**told, "drill": tried}, "\n".join(lines))
    return WRONG if told["damaged"] or (tried and not tried["whole"]) else 0


def restore(given: Namespace) -> int:
    """Make a home from a backup, or try it, and print what came of it; 4 when it is not whole."""
    from flows.keeping.restoring import restore as make
    from warehouse.home import Home

    told = (
        _tried(given.source, given.backup)
        if given.drill
        else make(given.source, Home(given.home.resolve()), given.backup, say)
    )
    _print(given, told, _restored(told))
    return 0 if told["whole"] else WRONG


def _tried(source: Path, name: str) -> dict[str, Any]:
    from flows.keeping.restoring import drill

    return drill(source, name, say)


def _restored(told: dict[str, Any]) -> str:
    wrong = [
        f"FAIL {one['what']}: {one['seen']} → {one['cure']}" for one in told["findings"] if one["state"] == "broken"
    ]
    lines = [
        f"{told['backup']}: {told['files']:,} berkas / files, {told['bytes']:,} B",
        f"dipulihkan / restored in {told['restore_seconds']} s, diperiksa / verified in {told['verify_seconds']} s",
        f"perlu kunci / needs the key with id {told['key'] or '-'}: HOME/keys/pseudonym.key, or CAKUPAN_KEY_FILE",
    ]
    return "\n".join([*lines, *wrong])


def _home(given: Namespace) -> Any:
    from warehouse.errors import Stop
    from warehouse.home import Home

    home = Home(given.home.resolve())
    if not home.root.is_dir():
        raise Stop("home_missing", f"{home.root} does not exist", f"{home.root} tidak ada", "check --home")
    return home


def _print(given: Namespace, told: dict[str, Any], lines: str) -> None:
    print(json.dumps(told, indent=1, ensure_ascii=False) if given.json else lines)


def _command(sub: argparse.ArgumentParser, action: Callable[[Namespace], int]) -> argparse.ArgumentParser:
    arguments.as_json(sub)
    sub.set_defaults(action=action)
    sub.epilog = CODES
    return sub
