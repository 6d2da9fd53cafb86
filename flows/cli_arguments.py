"""What the commands share: arguments that several of them take, how their texts are read, and where they talk."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, datetime
from pathlib import Path


def home(sub: argparse.ArgumentParser, *, writes: bool = False) -> None:
    """Add --home. A command that `writes` takes it from CAKUPAN_HOME or asks for it; others fall back to the demonstration."""
    known = os.environ.get("CAKUPAN_HOME")
    default = known or (None if writes else "demo")
    told = f"home folder (CAKUPAN_HOME{f', else {default}' if default else ''})"
    sub.add_argument("--home", type=Path, required=default is None, default=default, metavar="DIR", help=told)


def config(sub: argparse.ArgumentParser) -> None:
    """Add --config."""
    sub.add_argument("--config", metavar="FILE", help="cakupan.toml")


def as_json(sub: argparse.ArgumentParser) -> None:
    """Add --json."""
    sub.add_argument("--json", action="store_true", help="print JSON")


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
    print(text, file=sys.stderr, flush=True)
