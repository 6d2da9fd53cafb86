"""The command `cakupan breach-report`."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable

from flows import cli_arguments as arguments


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `cakupan`."""
    sub = add("breach-report", help="whom a leak of a run or a file would touch / laporan kebocoran data pribadi")
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--run", default="", metavar="RUN", help="what this run received or judged")
    which.add_argument("--file", default="", metavar="FILE", help="name of a delivery, or the head of its SHA-256")
    arguments.home(sub)
    arguments.as_json(sub)
    sub.set_defaults(action=breach_report)


def breach_report(given: Namespace) -> int:
    """Print the report on a run, a file, or all that was received."""
    from flows.breach.report import report
    from flows.breach.text import text
    from flows.keys.switching import require_settled
    from warehouse.home import Home

    home = Home(given.home.resolve())
    require_settled(home)
    found = report(home, given.run, given.file)
    print(json.dumps(found, indent=1, ensure_ascii=False) if given.json else text(found))
    return 0
