"""What the commands share: arguments that several of them take, how their texts are read, and where they talk."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.showing import printable

if TYPE_CHECKING:
    from flows.settings import Settings


def home(sub: argparse.ArgumentParser, *, writes: bool = False) -> None:
    """Add --home. A command that `writes` takes it from CAKUPAN_HOME or asks for it; others fall back to the demonstration."""
    known = os.environ.get("CAKUPAN_HOME")
    default = known or (None if writes else "demo")
    told = f"home folder (CAKUPAN_HOME{f', else {default}' if default else ''})"
    sub.add_argument("--home", type=Path, required=default is None, default=default, metavar="DIR", help=told)


def config(sub: argparse.ArgumentParser) -> None:
    """Add --config."""
    sub.add_argument("--config", metavar="FILE", help="cakupan.toml")


def reception(sub: argparse.ArgumentParser) -> None:
    """Add what a load comes from and goes to: --source, --home, --config, --regions."""
    sub.add_argument("--source", metavar="DIR", help="folder of extracts; without it the sources with a url")
    home(sub, writes=True)
    config(sub)
    sub.add_argument(
        "--regions",
        type=_listed,
        default=(),
        metavar="LIST",
        help="leave files of other regions by their names: 15,16.03",
    )


def months(sub: argparse.ArgumentParser) -> None:
    """Add --month."""
    sub.add_argument("--month", metavar="YYYY-MM", help="this month only, or FROM..TO")


def how_to_run(sub: argparse.ArgumentParser) -> None:
    """Add how a load runs: --plain, --dry-run, --wait, --log."""
    sub.add_argument("--plain", action="store_true", help="without Prefect: no server, no network")
    sub.add_argument("--dry-run", action="store_true", help="say what would be done, and why, and do nothing")
    sub.add_argument(
        "--wait", type=float, default=0, metavar="MINUTES", help="wait so long for another load to end; otherwise leave"
    )
    sub.add_argument(
        "--log",
        choices=("text", "json"),
        default="text",
        help="talk in lines for people, or the log of the run as JSON",
    )


def as_json(sub: argparse.ArgumentParser) -> None:
    """Add --json."""
    sub.add_argument("--json", action="store_true", help="print JSON")


def of_a_home(sub: argparse.ArgumentParser) -> None:
    """Add what commands on a home take: --home, --config, --json."""
    home(sub)
    config(sub)
    as_json(sub)


def settings_of(given: argparse.Namespace) -> Settings:
    """Return the settings of the file that --config names, or those that hold without one. Raises Stop when they are wrong."""
    from flows import settings

    return settings.load(Path(given.config) if given.config else None)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for piece in text.split(",") if (part := piece.strip()))


def day(text: str) -> date:
    """Return the day that a text names. Raises ArgumentTypeError with the right form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day: write it as 2025-03-16") from None


def month(text: str) -> date:
    """Return the first day of the month that a text names. Raises ArgumentTypeError with the right form."""
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a month: write it as 2025-03") from None


def rupiah(text: str) -> int:
    """Return the rupiah that a text names. Raises ArgumentTypeError with the right form."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no whole number of rupiah: write it as 16800")
    return int(text)


def say(text: str) -> None:
    """Talk to the person at the terminal; results go to stdout."""
    print(printable(text), file=sys.stderr, flush=True)
