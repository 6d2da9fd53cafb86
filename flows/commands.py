"""What each command does. Every function returns an exit code; imports are late, so that help and queries start fast."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from flows.cli_arguments import say
from warehouse.errors import StepFailed, Stop

EXPECTED = (Stop, StepFailed, ValueError, OSError)


def run(given: Namespace) -> int:
    """Load a folder of extracts, or what the sources with a url offer, and print the summary of the run."""
    from flows.report import markdown

    result = _load(given.source, given)
    print(json.dumps(result, indent=1) if given.json else markdown(result))
    return int(result["exit_code"])


def demo(given: Namespace) -> int:
    """Make the extracts of Jambi, load them, and print the coverage of its regencies."""
    from flows.demo import coverage_of_jambi, write_extracts

    extracts = write_extracts(given.home, say)
    result = _load(str(extracts), given)
    told = coverage_of_jambi(given.home)
    print(json.dumps({"run": result, **told.figures}, indent=1, default=str) if given.json else told.text)
    return 0 if result["exit_code"] in (0, 3) else int(result["exit_code"])


def synth(given: Namespace) -> int:
    """Write synthetic extracts with a ledger of every planted defect."""
    from flows.demo import plan_of
    from warehouse.synthetic import write

    ledger = write(plan_of(given), say)
    planted = ledger.planted()
    told = {"out": given.out, "files": len(ledger.files), "planted": planted}
    rows = ledger.defects.filter(severity="reject").height
    text = f"{len(ledger.files)} berkas / files, {rows} baris cacat / defective rows planted: {given.out}"
    print(json.dumps(told) if given.json else text)
    return 0


def query(given: Namespace) -> int:
    """Ask the published copy, or the internal warehouse, and print the answer."""
    from flows.printing import as_csv, as_json, as_table
    from warehouse.store import query as ask

    home = published_home(given)
    answer = ask(home.warehouse if given.internal else home.current, given.sql)
    print(as_json(answer) if given.json else as_csv(answer) if given.csv else as_table(answer))
    return 0


def receipt(given: Namespace) -> int:
    """Print what stands behind figures: run, files, rules and code."""
    from flows.receipt import receipts, text

    found = receipts(
        published_home(given).warehouse,
        given.fact,
        given.conditions,
        given.as_of,
        history=given.history,
        most=given.rows,
    )
    print(json.dumps(found, indent=1, default=str) if given.json else text(found))
    return 0


def claims(given: Namespace) -> int:
    """Print published claims with the judgement on each."""
    from flows.claims import checked_claims, text
    from flows.printing import as_csv, as_json

    found = checked_claims(published_home(given).current, given.region, given.verdict)
    print(as_json(found) if given.json else as_csv(found) if given.csv else text(found))
    return 0


def plan(given: Namespace) -> int:
    """Print what it takes to bring a region to a coverage."""
    from flows.plan import as_data, text
    from flows.plan import plan as plan_of_region

    asked = {"ratio": given.ratio, "month": given.month, "frame": given.frame, "premium": given.premium}
    found = plan_of_region(published_home(given).current, given.region, **asked)
    print(json.dumps(as_data(found), indent=1, ensure_ascii=False) if given.json else text(found))
    return 0


def trace(given: Namespace) -> int:
    """Print the findings of an employer with the rows that raised them."""
    from flows.trace import trace as find
    from flows.trace_text import text

    found = find(published_home(given), given.employer, given.month, given.as_of, given.region)
    print(json.dumps(found, indent=1, default=str) if given.json else text(found))
    return 0


def status(given: Namespace) -> int:
    """Print the loaded months, the last runs and the stopped files."""
    from flows.printing import status_text
    from flows.state import state_of

    state = state_of(published_home(given))
    print(json.dumps(state, indent=1, default=str) if given.json else status_text(state))
    return 0


def dictionary(given: Namespace) -> int:
    """Print the data dictionary, or check that a file holds it."""
    from warehouse import dictionary as dictionaries

    text = dictionaries.markdown()
    if given.check:
        if Path(given.check).read_text(encoding="utf-8") == text:
            return 0
        say(f"{given.check} is out of date: write it again with `cakupan dictionary > {given.check}`")
        return 1
    print(json.dumps(dictionaries.as_data(), indent=1) if given.json else text, end="" if not given.json else "\n")
    return 0


def _load(source: str | None, given: Namespace) -> dict[str, Any]:
    month, config = getattr(given, "month", None), getattr(given, "config", None)
    if given.plain:
        from flows.entry import load_folder

        return load_folder(source, str(given.home), month, config, say=say)
    from flows.nightly import nightly
    from flows.operations.parameters import Nightly

    folder = str(Path(source).resolve()) if source else None
    return nightly(Nightly(home=str(given.home.resolve()), source=folder, month=month, config=config))


def published_home(given: Namespace) -> Any:
    """Return the home of a command. Raises Stop when nothing is published in it."""
    from warehouse.home import Home

    home = Home(given.home.resolve())
    if not home.current.exists():
        en, id = f"nothing is published in {home.root}", f"belum ada terbitan di {home.root}"
        raise Stop("nothing_published", en, id, "load extracts first: cakupan run --source DIR --home DIR")
    return home
