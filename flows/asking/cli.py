"""The commands that ask: `cakupan query`, `sql`, `tables` and `describe`. They read, always."""

from __future__ import annotations

import argparse
import re
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say

Add = Callable[..., argparse.ArgumentParser]
ENDINGS = (".csv", ".json", ".parquet")


def register(add: Add) -> None:
    """Add the commands to the parser of `cakupan`."""
    _query(add("query", help="ask the published copy in SQL / tanya dengan SQL"))
    _shell(add("sql", help="ask in a conversation: Harlequin, or a small shell / tanya jawab SQL"))
    _tables(add("tables", help="the tables, views and macros there are / daftar tabel"))
    _describe(add("describe", help="columns, units and meaning of a table / kolom, satuan dan artinya"))


def answering(given: Namespace) -> int:
    """Answer one question, on the terminal or into a file."""
    from flows.asking.answers import answer, deliver

    if (given.sql is None) == (given.file is None):
        given.parser.error("one question: SQL, - or --file FILE")
    text = given.file.read_text(encoding="utf-8") if given.file else sys.stdin.read() if given.sql == "-" else given.sql
    return deliver(answer(given, text, dict(given.set)), given)


def conversing(given: Namespace) -> int:
    """Open Harlequin when it is installed and someone sits at a terminal, else the shell of our own."""
    from flows.asking import harlequin, shell

    if not given.plain and sys.stdin.isatty() and sys.stdout.isatty() and harlequin.installed():
        return harlequin.run(given, say)
    return shell.run(given)


def listing(given: Namespace) -> int:
    """Print the names of what there is, each with one line."""
    from flows.asking.answers import deliver, file_of
    from flows.asking.names import names

    return deliver(names(file_of(given)), given)


def describing(given: Namespace) -> int:
    """Print what a table, view or macro is, and its columns."""
    from flows.asking.answers import description, file_of

    file = file_of(given)
    print(description(file, given.name, csv=given.csv, json=given.json), flush=True)
    return 0


def _query(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=answering, parser=sub)
    sub.add_argument("sql", nargs="?", metavar="SQL", help="the question; - reads it from standard input")
    sub.add_argument("--file", type=Path, metavar="FILE", help="read the question from FILE")
    sub.add_argument(
        "--set", action="append", default=[], type=_named_value, metavar="NAME=VALUE", help="the value of $NAME"
    )
    sub.add_argument("--as-of", type=arguments.day, metavar="DAY", help="as known on DAY, such as 2025-03-16")
    sub.add_argument("--force", action="store_true", help="write over a file that is there")
    shape = _common(sub)
    shape.add_argument("--parquet", dest="out", type=_ending(".parquet"), metavar="FILE", help="write Parquet to FILE")
    shape.add_argument("--out", type=_ending(*ENDINGS), metavar="FILE", help="write FILE: .csv, .json or .parquet")


def _shell(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=conversing)
    sub.add_argument("--plain", action="store_true", help="the small shell, also where Harlequin is installed")
    _common(sub)


def _tables(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=listing)
    _common(sub)


def _describe(sub: argparse.ArgumentParser) -> None:
    sub.set_defaults(action=describing)
    sub.add_argument("name", metavar="NAME", help="of a table, view or macro, such as coverage")
    _common(sub)


def _common(sub: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    sub.add_argument("--internal", action="store_true", help="ask the internal warehouse, with core and ops")
    arguments.home(sub)
    arguments.config(sub)
    shape = sub.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print CSV")
    shape.add_argument("--json", action="store_true", help="print JSON")
    return shape


def _named_value(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE: write it as region=15.03")
    return name, value


def _ending(*endings: str) -> Callable[[str], Path]:
    def path(text: str) -> Path:
        if Path(text).suffix.lower() not in endings:
            raise argparse.ArgumentTypeError(f"{text} does not end in {', '.join(endings)}")
        return Path(text)

    return path
