"""What each command does. Every function returns an exit code; imports are late, so that help and queries start fast."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from flows.cli_arguments import say
from warehouse.errors import Stop


def run(given: Namespace) -> int:
    """Load a folder of extracts, or what the sources with a url offer, and print the summary of the run."""
    if given.dry_run:
        from flows.running.cli import plan_run

        return plan_run(given)
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
    """Print the loaded months, the last runs and the stopped files; or what the steps of a run cost."""
    from flows.printing import status_text
    from flows.state import state_of
    from warehouse.home import Home

    if given.costs is not None:
        from flows.running.costs import costs_of, text

        found = costs_of(Home(given.home.resolve()), given.costs)
        print(json.dumps(found, indent=1) if given.json else text(found))
        return 0
    state = state_of(Home(given.home.resolve()))
    print(json.dumps(state, indent=1, default=str) if given.json else status_text(state))
    return 0


def doctor(given: Namespace) -> int:
    """Print what was looked at on this machine, and return 1 if something would keep a load from running."""
    from flows.running.doctor import examine, text

    found = examine(given.home.resolve(), given.config)
    print(json.dumps([one.data() for one in found], indent=1) if given.json else text(found))
    return 1 if any(one.fatal for one in found) else 0


def dictionary(given: Namespace) -> int:
    """Print the data dictionary or its part about one name, check that a file holds it, or write its diagrams."""
    from warehouse import dictionary as dictionaries

    if given.diagrams:
        from flows.diagrams import write_diagrams

        print("\n".join(map(str, write_diagrams(given.diagrams))))
        return 0
    if given.name:
        print(dictionaries.section(_described(given.name, dictionaries.objects())))
        return 0
    text = dictionaries.markdown()
    if given.check:
        if Path(given.check).read_text(encoding="utf-8") == text:
            return 0
        say(f"{given.check} is out of date: write it again with `cakupan dictionary > {given.check}`")
        return 1
    print(json.dumps(dictionaries.as_data(), indent=1) if given.json else text, end="" if not given.json else "\n")
    return 0


def _described(name: str, objects: dict[str, Any]) -> Any:
    from difflib import get_close_matches

    from warehouse.errors import Stop

    found = objects.get(name) or objects.get(f"mart.{name}")
    if not found:
        near = get_close_matches(name if "." in name else f"mart.{name}", objects, 1, 0.5)
        text = f"nothing is called {name}", f"tidak ada yang bernama {name}"
        raise Stop(
            "object_unknown", *text, f"write {near[0]} / tulis {near[0]}" if near else "cakupan dictionary lists all"
        )
    return found


def _load(source: str | None, given: Namespace) -> dict[str, Any]:
    month, config, regions = (getattr(given, name, None) for name in ("month", "config", "regions"))
    as_json, wait = getattr(given, "log", "text") == "json", getattr(given, "wait", 0)
    if given.plain:
        from flows.entry import load_folder

        talk: dict[str, Any] = {"mirror": sys.stderr} if as_json else {"say": say}
        return load_folder(source, str(given.home), month, config, regions or (), wait_seconds=wait * 60, **talk)
    if as_json:
        en, id = (
            "Prefect writes its own lines between those of --log json",
            "Prefect menulis barisnya sendiri di antara --log json",
        )
        raise Stop("log_needs_plain", en, id, "add --plain, or read HOME/runs/<run>.jsonl")
    from flows.nightly import nightly
    from flows.operations.ending import result_of
    from flows.operations.parameters import Nightly
    from flows.regions import region_named
    from flows.steps import span

    span(month)
    folder, codes = str(Path(source).resolve()) if source else None, list(map(region_named, regions or ()))
    asked: dict[str, Any] = {"home": str(given.home.resolve()), "source": folder, "month": month, "config": config}
    return result_of(nightly(Nightly(**asked, regions=codes, wait_minutes=wait), return_state=True))


def published_home(given: Namespace) -> Any:
    """Return the home of a command. Raises Stop when nothing is published in it."""
    from warehouse.home import Home

    home = Home(given.home.resolve())
    if not home.current.exists():
        en, id = f"nothing is published in {home.root}", f"belum ada terbitan di {home.root}"
        raise Stop("nothing_published", en, id, "load extracts first: cakupan run --source DIR --home DIR")
    return home
