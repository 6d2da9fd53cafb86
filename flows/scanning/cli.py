"""The command `cakupan scan`: whether anybody can be found where nobody may be."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows import cli_arguments as arguments
from flows.cli_arguments import say
from warehouse.errors import Stop

if TYPE_CHECKING:
    from flows.scanning.scan import Scan

SHORTEST = 8
KINDS = {
    "word": "kata / word", "nik": "NIK", "kpj": "KPJ", "name": "nama / name", "nik_shaped": "seperti NIK / like a NIK",
}  # fmt: skip


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `cakupan`."""
    sub = add("scan", help="is anybody to be found outside of landing? / adakah data orang di luar landing?")
    sub.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="search here too")
    sub.add_argument("--words", metavar="FILE", help="look for these words too, one a line; - reads them from stdin")
    sub.add_argument("--sample", type=_whole, default=1, metavar="N", help="look for one person of N; 0 for nobody")
    arguments.home(sub)
    arguments.config(sub)
    arguments.as_json(sub)
    sub.set_defaults(action=scanning)
    sub.epilog = "exit codes: 0 nothing found, 1 found, or failure, 2 usage, 4 not everything could be searched"


def scanning(given: Namespace) -> int:
    """Print where something was found; what it is, is never printed."""
    from flows.scanning.scan import scan
    from flows.settings import load
    from warehouse.home import Home

    settings = load(Path(given.config) if given.config else None)
    missing = next((path for path in [given.home, *given.paths] if not path.exists()), None)
    if missing:
        raise Stop("path_missing", f"{missing} does not exist", f"{missing} tidak ada", "check the path")
    found = scan(Home(given.home.resolve()), settings, given.paths, _words(given.words), given.sample, say)
    print(json.dumps(found.data(), indent=1) if given.json else text(found))
    return found.exit_code


def text(found: Scan) -> str:
    """Return what was found as lines."""
    told = found.data()
    seen, wanted = told["searched"], told["looked_for"]
    lines = [f"{seen['files']:,} berkas / files, {seen['bytes']:,} B: {', '.join(seen['roots'])}"]
    lines.append(
        f"{wanted['words']:,} kata / words, {wanted['nik']:,} NIK, {wanted['kpj']:,} KPJ, {wanted['names']:,} nama / names"
        + (f" (1/{wanted['one_of']})" if wanted["one_of"] > 1 else "")
        + (
            f"; {wanted['names_left_out']:,} nama umum / common names not looked for"
            if wanted["names_left_out"]
            else ""
        )
    )
    for one in found.sweep.findings:
        place = one.path + one.inside + (f" ({one.at})" if one.at else "")
        which = f" [{', '.join(map(str, sorted(one.words)))}]" if one.words else ""
        lines.append(f"! {place}: {KINDS[one.kind]}{which}, {one.encoding}, {one.count:,}x")
    lines += [f"? {path}: {why}" for path, why in found.sweep.unread.items()]
    lines += [f"? landing {sha256}: tidak terbaca / not read as declared" for sha256 in found.landed.unread]
    return "\n".join([*lines, *([] if found.sweep.findings else ["tidak ditemukan / nothing found"])])


def _words(file: str | None) -> list[str]:
    if not file:
        return []
    lines = (sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")).splitlines()
    if short := [place for place, line in enumerate(lines, 1) if line and len(line) < SHORTEST]:
        listed = ", ".join(map(str, short[:9]))
        en, id = f"too short to be told from chance: lines {listed}", f"terlalu pendek: baris {listed}"
        raise Stop("word_too_short", en, id, f"at least {SHORTEST} letters or digits / paling sedikit {SHORTEST}")
    return lines


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a whole number / bilangan bulat")
    return int(text)
