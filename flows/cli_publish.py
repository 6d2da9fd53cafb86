"""The command `cakupan publish`: what stands in the published copy, and how to take it back."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows import cli_arguments as arguments

if TYPE_CHECKING:
    from flows.publishing.publishing import Publication
    from warehouse.home import Home

COLUMNS = ("version", "published_at", "bytes", "is_current", "withdrawn_at", "reason")


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `cakupan`."""
    sub = add("publish", help="publish the warehouse, or take a version back / terbitkan, atau tarik kembali")
    what = sub.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the kept versions / versi yang disimpan")
    what.add_argument(
        "--rollback", nargs="?", const="", metavar="VERSION",
        help="let VERSION stand, or the one before; newer ones are withdrawn / tarik versi yang lebih baru",
    )  # fmt: skip
    what.add_argument("--restore", action="store_true", help="let the newest version stand again / batalkan penarikan")
    sub.add_argument("--reason", default="", metavar="TEXT", help="why, with --rollback; cakupan status shows it")
    arguments.home(sub, writes=True)
    arguments.config(sub)
    arguments.as_json(sub)
    sub.set_defaults(action=publishing)
    sub.epilog = "exit codes: 0 as asked, 1 failure, 2 usage, 4 the folder is as asked and PostgreSQL is not"


def publishing(given: Namespace) -> int:
    """Publish, list, roll back or restore, and print what stands; 4 when PostgreSQL could not be brought along."""
    from flows.publishing.publishing import kept, send_current
    from flows.settings import load
    from warehouse.home import Home

    home = Home(given.home.resolve())
    if given.list:
        found = kept(home)
        print(json.dumps(found, indent=1, ensure_ascii=False) if given.json else _table(found["versions"]))
        return 0
    settings = load(Path(given.config) if given.config else None)
    publication = send_current(home, settings, _changed(home, given))
    print(json.dumps(publication.data(), indent=1, ensure_ascii=False) if given.json else text(publication))
    return publication.exit_code


def text(publication: Publication) -> str:
    """Return what stands as text."""
    from flows.report import NAMED

    lines = [f"Terbitan / published: {publication.version}" + (" (baru / new)" if publication.is_new else "")]
    if publication.hidden:
        lines.append(f"Sel disembunyikan / cells hidden: {publication.hidden:,} (mart.hidden_cell)")
    if publication.unproven:
        lines.append(
            f"Disembunyikan tanpa bukti / hidden without proof: {len(publication.unproven):,}, --json: unproven"
        )
        lines += [f"  {one}" for one in publication.unproven[:NAMED]]
    if publication.withheld:
        version, reason = publication.withheld["version"], publication.withheld["reason"]
        lines.append(
            f"Isi {version} telah ditarik / content of {version} was withdrawn" + (f": {reason}" if reason else "")
        )
        lines.append("cakupan publish --restore")
    if publication.sent:
        done = "dikirim / sent" if publication.sent["changed"] else "sudah ada / there already"
        lines.append(f"PostgreSQL {publication.sent['where']}: {done}")
    return "\n".join([*lines, *(f"{name}: {why}" for name, why in publication.not_sent.items())])


def _changed(home: Home, given: Namespace) -> Publication:
    from flows.publishing.publishing import Publication, new_version, publish_home
    from flows.settings import load
    from warehouse.published import restore, roll_back

    if given.restore:
        return Publication(restore(home.published))
    if given.rollback is not None:
        return Publication(roll_back(home.published, given.rollback or None, given.reason))
    return publish_home(home, load(Path(given.config) if given.config else None), new_version(), arguments.say)


def _table(versions: list[dict[str, object]]) -> str:
    import polars as pl

    from flows.printing import as_table

    return (
        as_table(pl.DataFrame(versions, schema_overrides=dict.fromkeys(COLUMNS[-2:], pl.String()))) if versions else "-"
    )
