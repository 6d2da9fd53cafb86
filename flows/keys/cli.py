"""The command `cakupan key`: new, rotate, check. No key is ever an argument or printed: files and ids are."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import cli_arguments as arguments
from flows.cli_arguments import say
from warehouse.errors import Stop

WRONG = 1


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command and its parts to the parser of `cakupan`."""
    top = add("key", help="the key of the pseudonyms: new, rotate, check / kunci token")
    part = top.add_subparsers(dest="part", required=True, metavar="PART").add_parser
    making = part("new", help="make a key in a file of its own, never over another / buat kunci baru")
    making.add_argument("--out", type=Path, metavar="FILE", help="where; HOME/keys/pseudonym.key without it")
    making.add_argument("--landing", action="store_true", help="the key of files at rest, HOME/keys/landing.key")
    _common(making, new)
    turning = part("rotate", help="another key for the whole lake, the figures proved unchanged / ganti kunci")
    turning.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="file of the new key, made where it is absent; needed when the old is in no file of ours",
    )
    turning.add_argument(
        "--keep-old", action="store_true", help="keep the old key beside the new one; without it, it is destroyed"
    )
    _common(turning, turn)
    looking = part("check", help="where the key comes from, and is it the lake's? / periksa kunci")
    looking.add_argument(
        "--with", dest="other", type=Path, metavar="HOME", help="can its lake be joined with this one?"
    )
    _common(looking, check)


def new(given: Namespace) -> int:
    """Make a key, and print where it lies and its id."""
    from flows.keys.lake_key import differs, known
    from flows.keys.places import LANDING, TOKENS, create, home_file
    from transforms.identity import Pseudonyms

    home = _home(given)
    path = given.out or home_file(home, LANDING if given.landing else TOKENS)
    if (made := known(home)) and not given.out and not given.landing and not path.exists():
        raise differs(made, "-", str(path))
    id = Pseudonyms(create(path)).fingerprint()
    print(json.dumps({"path": str(path), "id": id}) if given.json else f"{path}: id {id}")
    return 0


def turn(given: Namespace) -> int:
    """Change the key of the lake, and print what was changed and proved."""
    from flows.keys.places import TOKENS, kept_key
    from flows.keys.rotating import Rotation, rotate, waiting_for
    from flows.keys.switching import finish
    from warehouse.files import only_writer

    home, settings = _home(given), arguments.settings_of(given)
    if not home.lake.is_dir():
        en, id = f"there is no lake in {home.root}", f"tidak ada lake di {home.root}"
        raise Stop("nothing_received", en, id, "a home without a lake takes any key: cakupan key new")
    with only_writer(home.load_lock, say=say):
        home.sweep()
        if done := finish(home, say):
            told: dict[str, Any] = {"old": done.old, "new": done.new, "new_key": done.file or done.waiting}
        else:
            kept = kept_key(home, TOKENS, settings.key, make=False)
            if kept.file is None and given.to is None:
                en, id = f"the key is in {kept.origin}, which we cannot change", f"kunci ada di {kept.origin}"
                raise Stop(
                    "key_not_ours", en, id, "--to FILE: the new key is made there; put it in the place of the old"
                )
            waiting = given.to.resolve() if given.to else waiting_for(kept.file or Path())
            told = rotate(Rotation(home, settings, kept, waiting, given.keep_old, say))
    print(json.dumps(told, indent=1) if given.json else _text(told))
    return 0


def check(given: Namespace) -> int:
    """Print what is known of the key, and return 1 when something is wrong or two lakes cannot be joined."""
    from flows.keys.checking import checked, text
    from warehouse.home import Home

    found = checked(_home(given), arguments.settings_of(given), Home(given.other.resolve()) if given.other else None)
    print(json.dumps(found, indent=1) if given.json else text(found))
    return WRONG if found["problems"] or found["joinable"] is False else 0


def _text(told: dict[str, Any]) -> str:
    lines = [f"kunci lake / key of the lake: {told['old']} -> {told['new']}"]
    if "proved" in told:
        proof = told["proved"]
        lines.append(
            f"{told['files']} berkas / files, {told['rows']:,} baris / rows\n{proof['months']} bulan dihitung ulang, sama /"
            f" months computed anew, equal ({proof['held_to_standing']} dengan yang tersimpan / to what stands):"
            f" {proof['rows']:,} baris fakta / rows of facts, {proof['values']:,} nilai / values"
        )
    return "\n".join([*lines, f"kunci baru / new key: {told['new_key']}"])


def _common(sub: argparse.ArgumentParser, action: Callable[[Namespace], int]) -> None:
    sub.set_defaults(action=action)
    arguments.of_a_home(sub)


def _home(given: Namespace) -> Any:
    from warehouse.home import Home

    return Home(given.home.resolve())
