"""The command `cakupan quarantine`: list, show, export and replay rejected rows, and report a delivery to its sender."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import cli_arguments as arguments
from flows.cli_arguments import say

Add = Callable[..., argparse.ArgumentParser]


def register(add: Add) -> None:
    """Add the command and its parts to the parser of `cakupan`."""
    top = add("quarantine", help="rejected rows: list, show, export, replay / baris yang ditolak")
    part = top.add_subparsers(dest="part", required=True, metavar="PART").add_parser
    _listing(part("list", help="by file and rule: since when, open or resolved by what / menurut berkas dan aturan"))
    _showing(part("show", help="the rows of a file with the reasons, masked / baris satu berkas dengan alasannya"))
    _exporting(
        part("export", help="the rows as they were sent, for the sender to mend / baris untuk diperbaiki pengirim")
    )
    _replaying(part("replay", help="gate again what is open / saring ulang yang masih terbuka"))
    _reporting(part("report", help="what a sender is told of a delivery / laporan untuk pengirim"))


def listing(given: Namespace) -> int:
    """Print what was rejected, by file and rule."""
    from flows.quarantine.list import Wanted, listed, text

    wanted = Wanted(given.file, given.kind, given.rule, given.source, given.month, given.state)
    found = listed(_home(given), arguments.settings_of(given), wanted)
    print(json.dumps(found, indent=1, default=str) if given.json else text(found))
    return 0


def showing(given: Namespace) -> int:
    """Print the rows of a file with their reasons."""
    from flows.quarantine.list import Wanted, content_of, rows_of, rows_text, wanted_rows, with_reasons

    home = _home(given)
    one = content_of(home, given.name)
    found = wanted_rows(rows_of(home, one, "" if given.all else "open"), Wanted(rule=given.rule))
    told = with_reasons(found, one.judged.delivery.kind)
    print(json.dumps(told, indent=1, ensure_ascii=False) if given.json else rows_text(one.judged.delivery.name, told))
    return 0


def exporting(given: Namespace) -> int:
    """Write the open rows of a file for their sender."""
    from flows.quarantine.export import export

    path, count = export(_home(given), arguments.settings_of(given), given.name, given.out, given.rule)
    say("berkas ini berisi data pribadi / this file holds personal data: " + str(path))
    print(json.dumps({"path": str(path), "rows": count}) if given.json else f"{path}: {count} baris / rows")
    return 0


def replaying(given: Namespace) -> int:
    """Gate again what is open, and print what became of it."""
    from flows.quarantine.list import text
    from flows.quarantine.replay import replay

    found = replay(_home(given), given.config, given.name or "", given.mended, say)
    if given.json:
        print(json.dumps(found, indent=1, default=str))
    else:
        for title, key in (("sebelum / before", "before"), ("sesudah / after", "after")):
            print(f"{title}: {text({'totals': found[key], 'entries': []})}")
        print(text({"totals": found["after"], "entries": found["resolved"]}).partition("\n\n")[2] or "-")
    return 4 if found["stopped_months"] or found["stopped_files"] else 0


def reporting(given: Namespace) -> int:
    """Write the report of a delivery for its sender."""
    from flows.quarantine.list import content_of
    from flows.quarantine.state import contents
    from flows.senders.reporting import names_of, write_report

    home = _home(given)
    one = content_of(home, given.name, unread=True)
    paths = write_report(home, one, given.out or home.reports / "senders" / one.now.run_id, names_of(contents(home)))
    print(json.dumps([str(path) for path in paths]) if given.json else "\n".join(map(str, paths)))
    return 0


def _listing(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=listing)
    sub.add_argument("--file", default="", metavar="GLOB", help="files of this name, such as 'kepesertaan*'")
    sub.add_argument("--kind", default="", metavar="KIND")
    sub.add_argument("--rule", default="", metavar="RULE")
    sub.add_argument("--source", default="", metavar="NAME", help="files of this source in cakupan.toml")
    sub.add_argument("--month", type=arguments.month, metavar="YYYY-MM")
    sub.add_argument("--state", default="", choices=("open", "accepted", "dropped", "replaced"))
    arguments.of_a_home(sub)


def _showing(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=showing)
    _name(sub)
    sub.add_argument("--rule", default="", metavar="RULE")
    sub.add_argument("--all", action="store_true", help="resolved rows too")
    arguments.of_a_home(sub)


def _exporting(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=exporting)
    _name(sub)
    sub.add_argument("--out", type=Path, metavar="FILE", help=".xlsx or .csv; HOME/landing/outbox without it")
    sub.add_argument("--rule", default="", metavar="RULE")
    arguments.of_a_home(sub)


def _replaying(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=replaying)
    sub.add_argument("name", nargs="?", metavar="FILE", help="report on this file only")
    sub.add_argument("--with", dest="mended", type=Path, metavar="MENDED", help="a file of mended rows of FILE")
    arguments.of_a_home(sub)


def _reporting(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=reporting)
    _name(sub)
    sub.add_argument("--out", type=Path, metavar="DIR", help="HOME/reports/senders/RUN without it")
    arguments.of_a_home(sub)


def _name(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("name", metavar="FILE", help="name of the delivery, or the head of its SHA-256")


def _home(given: Namespace) -> Any:
    from warehouse.errors import Stop
    from warehouse.home import Home

    home = Home(given.home.resolve())
    if not (home.landing / "deliveries.jsonl").exists():
        en, id = f"nothing was received in {home.root}", f"belum ada berkas di {home.root}"
        raise Stop("nothing_received", en, id, "load extracts first: cakupan run --source DIR --home DIR")
    return home
