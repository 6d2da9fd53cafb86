"""How a load begins and ends, whoever calls it: one writer, one run id, reports, and no value of a row in an error."""

from __future__ import annotations

import gc
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import polars as pl

from flows import ceiling, threads
from flows import settings as settings_file
from flows.context import Load, code_version, silent, utc_now
from flows.costs import measured
from flows.keys import lake_key
from flows.keys.places import LENGTH, pseudonyms
from flows.keys.switching import finish, require_settled
from flows.openlineage.telling import told as lineage_told
from flows.regions import region_named
from flows.report import markdown
from flows.senders.reporting import write_reports
from flows.settings import Settings
from flows.steps import Call, plain, run, span
from flows.watching.after import after_load
from transforms.identity import Pseudonyms
from warehouse import ledger, seals
from warehouse.disk import refusal_of
from warehouse.errors import StepFailed, Stop, place_of
from warehouse.files import only_writer, placed
from warehouse.home import Home
from warehouse.runs import FAILED, RunLog, forget_old

SHOWN_VALIDATIONS = 12
YOUNG_OBJECTS = 10_000
"""After how many new objects Python looks for those of no use: as often as it does by itself, importing Great Expectations costs a tenth more."""


def load_folder(
    source: str | None,
    home: str,
    month: str | None = None,
    config: str | None = None,
    regions: Sequence[str] = (),
    *,
    call: Call = plain,
    say: Callable[[str], None] = silent,
    clock: Callable[[], datetime] = utc_now,
    mirror: IO[str] | None = None,
    wait_seconds: float = 0,
) -> dict[str, Any]:
    """Return the result of a load of the folder `source`, or of the sources with a url, into `home`; its reports hold it too.

    `month` is YYYY-MM or FROM..TO, `regions` are provinces and regencies by code or name: other months, and files that are of
    other regions by their names, are left as they are.

    `clock` tells the moment at which things are received, loaded and finished, in UTC without zone. `mirror` gets the
    lines of the log of the run as they are written. Another load is waited for as long as `wait_seconds`.

    Raises Stop when the load cannot begin, StepFailed when a step fails unexpectedly.
    """
    gc.set_threshold(YOUNG_OBJECTS)
    place = Home(Path(home).resolve())
    place.create()
    with only_writer(place.load_lock, wait_seconds, say):
        place.require_no_links()
        place.sweep()
        run_id, settings = f"{clock():%Y%m%dT%H%M%S}-{uuid4().hex[:6]}", Settings()
        try:
            with (
                logged(RunLog(place, run_id, clock, mirror), say) as (log, tell),
                lineage_told(place, run_id, clock, say),
            ):
                settings = settings_file.load(Path(config) if config else None)
                finish(place, tell)
                keys, origin = pseudonyms(place, settings.key)
                tell(f"kunci / key: {origin}")
                lake_key.claim(place, keys, origin, f"{clock():%Y-%m-%dT%H:%M:%S}")
                named = tuple(map(region_named, regions))
                load = Load(place, settings, keys, run_id, span(month), named, tell, clock)
                if told := threads.hold(settings.threads):
                    tell(told)
                with ceiling.under(settings.most_memory(), lambda stop: log.end(FAILED, reason=str(stop))):
                    result = run(load, Path(source) if source else None, guarded(costed(call, log))).result()
                measured(log, "report", _write_reports, load, result)
                log.end(**result)
        finally:
            forget_old(place)
            after_load(place, settings, clock, say)
    return result


def load_of(
    home: Path, month: str | None, config: str | None, regions: Sequence[str], say: Callable[[str], None]
) -> Load:
    """Return a load for looking at what it would do: it has no run, and a key of no use where the home has none yet."""
    place = Home(home.resolve())
    told = settings_file.load(Path(config) if config else None)
    if not ledger.deliveries(place):
        keys = Pseudonyms(bytes(LENGTH))
    else:
        require_settled(place)
        keys, origin = pseudonyms(place, told.key)
        lake_key.require(place, keys, origin)
    return Load(place, told, keys, "", span(month), tuple(map(region_named, regions)), say)


@contextmanager
def logged(log: RunLog, say: Callable[[str], None]) -> Iterator[tuple[RunLog, Callable[[str], None]]]:
    """Yield the log of a run that has begun, and a way to talk that it keeps; an error that leaves the block ends the run."""

    def tell(message: str) -> None:
        log.say(message)
        say(message)

    log.start(code_version(), shlex.join(sys.argv))
    try:
        yield log, tell
    except BaseException as broken:
        refused = refusal_of(broken) if isinstance(broken, Exception) else None
        foreseen = isinstance(broken, Stop | StepFailed)
        reason = str(refused or broken) if refused or foreseen else f"{type(broken).__name__} at {place_of(broken)}"
        log.end(FAILED, reason=reason)
        if refused and not foreseen:
            raise refused from None
        raise


def costed(call: Call, log: RunLog) -> Call:
    """Return `call` such that the log keeps what every step costs."""

    def named(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        return measured(log, name, partial(call, name, step), *arguments)

    return named


def guarded(call: Call) -> Call:
    """Return `call` such that an unforeseen error leaves it without its text."""

    def safely(step: Callable[..., Any]) -> Callable[..., Any]:
        def guarded_step(*arguments: Any) -> Any:
            try:
                return step(*arguments)
            except Stop:
                raise
            except (Exception, pl.exceptions.PanicException) as broken:
                failed = refusal_of(broken) or StepFailed(
                    f"{step.__name__}: {type(broken).__name__} at {place_of(broken)}"
                )
            raise failed

        return guarded_step

    def named(name: str, step: Callable[..., Any], *arguments: Any) -> Any:
        return call(name, safely(step), *arguments)

    return named


def _write_reports(load: Load, result: dict[str, Any]) -> None:
    """Write the summary as Markdown and JSON, the reports for senders, and Data Docs of the files with most findings."""
    reports = load.home.reports
    for name, text in ((f"run-{load.run_id}.md", markdown(result)), ("last-run.json", json.dumps(result, indent=1))):
        with placed(reports / name) as beside:
            beside.write_text(text, encoding="utf-8")
    write_reports(load.home, load.run_id)
    judged = [one for one in ledger.deliveries(load.home) if one.run_id == load.run_id]
    paths = [(one.name, reports / "validations" / f"{load.gate_id(one)}.json") for one in judged]
    results = [(name, seals.get_json(path)) for name, path in paths if path.exists()]
    shown = sorted(results, key=lambda result: result[1]["statistics"]["success_percent"] or 0)[:SHOWN_VALIDATIONS]
    if shown:
        from expectations.report import build_data_docs

        build_data_docs(shown, reports / "data_docs")
