"""The commands around a run: what it would do, many months in order, and what runs cost."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say

SOMETHING_WRONG = 4


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

    watched = add("watch", help="what is missing, late or strange; tell what is new / yang belum datang atau janggal")
    watched.set_defaults(action=watch)
    arguments.home(watched)
    arguments.config(watched)
    arguments.as_json(watched)


def watch(given: Namespace) -> int:
    """Print what is the matter, after what is new went out, and return 4 if something needs somebody."""
    from flows import settings
    from flows.running.metrics import write_metrics
    from flows.watching.watch import watch as watch_home
    from warehouse.home import Home

    home, told = Home(given.home.resolve()), settings.load(Path(given.config) if given.config else None)
    found = watch_home(home, told, say=say)
    write_metrics(
        home,
        list(found.conditions),
        Path(told.watch.metrics_folder) if told.watch and told.watch.metrics_folder else None,
    )
    if given.json:
        print(json.dumps([one.data() for one in found.conditions], indent=1, ensure_ascii=False))
    else:
        counts = f"{len(found.conditions)} keadaan / conditions"
        print(counts if found.news else f"{counts}, tidak ada yang baru / nothing new")
    return SOMETHING_WRONG if found.bad else 0


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
