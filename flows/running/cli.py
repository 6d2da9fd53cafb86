"""The commands around a run: what it would do, many months in order, and what runs cost."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say


def register(add: Callable[..., argparse.ArgumentParser], run: Callable[[Namespace], int]) -> None:
    """Add the commands to the parser of `cakupan`; `run` is the action that loads."""
    planned = add("plan-run", help="what a run would do, and why / yang akan dikerjakan, dan sebabnya")
    planned.set_defaults(action=plan_run)
    arguments.reception(planned)
    arguments.months(planned)
    arguments.as_json(planned)
    backfill = add("backfill", help="load many months, oldest first / muat banyak bulan, dari yang tertua")
    backfill.set_defaults(action=run)
    arguments.reception(backfill)
    backfill.add_argument("--months", dest="month", required=True, metavar="FROM..TO", help="such as 2022-01..2024-12")
    arguments.how_to_run(backfill)
    arguments.as_json(backfill)


def plan_run(given: Namespace) -> int:
    """Print what a run would do."""
    from flows.entry import load_of
    from flows.running.planned import plan
    from flows.running.planned_text import as_data, text

    found = plan(load_of(given.home, given.month, given.config, given.regions, say), _folder(given))
    print(json.dumps(as_data(found), indent=1, ensure_ascii=False) if given.json else text(found))
    return 0


def _folder(given: Namespace) -> Path | None:
    return Path(given.source) if given.source else None
