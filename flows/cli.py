"""The command line. Results go to stdout, talk to stderr; heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows import cli_arguments as arguments
from flows import cli_config, cli_inspect, cli_metadata, cli_publish, cli_quarantine, commands, threads
from flows.asking import cli as asking
from flows.breach import cli as breach
from flows.discretion import be_discreet, tell
from flows.keeping import cli as keeping
from flows.keys import cli as keys
from flows.operations import commands as operations
from flows.running import cli as running
from flows.scanning import cli as scanning

EPILOG = (
    """exit codes: 0 loaded, 1 failure, 2 usage, 3 loaded with rejected rows, 4 a source, file or month was stopped"""
)
FAILED, INTERRUPTED = 1, 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    top = argparse.ArgumentParser(
        "cakupan", description="Jamsostek coverage warehouse / gudang data cakupan", epilog=EPILOG
    )
    add = top.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser
    run = _command(add("run", help="load a folder of extracts / muat folder berkas"), commands.run)
    arguments.reception(run)
    arguments.months(run)
    arguments.how_to_run(run)
    arguments.as_json(run)
    running.register(add, commands.run)
    demo = _command(add("demo", help="make Jambi's example extracts and load them / contoh Jambi"), commands.demo)
    arguments.home(demo)
    demo.add_argument("--plain", action="store_true", help="without Prefect")
    arguments.as_json(demo)
    synth = _command(
        add("synth", help="write synthetic extracts with planted defects / berkas sintetis"), commands.synth
    )
    synth.add_argument("--out", required=True, metavar="DIR")
    synth.add_argument(
        "--workers", type=int, metavar="N", help="workers in all regions; without it as many as in reality"
    )
    synth.add_argument("--months", required=True, metavar="FROM..TO", help="such as 2025-01..2025-03")
    synth.add_argument(
        "--regions", default="15", metavar="CODES", help="codes of provinces or regencies, comma between; 00 is all"
    )
    synth.add_argument("--defects", type=float, default=0.01, metavar="SHARE")
    synth.add_argument("--seed", type=int, default=1, metavar="S")
    synth.add_argument("--format", choices=("csv", "parquet"), default="csv")
    arguments.as_json(synth)
    asking.register(add)
    receipt = _command(add("receipt", help="what a figure was computed from / asal sebuah angka"), commands.receipt)
    receipt.add_argument("fact", metavar="FACT", help="coverage, premium, compliance, workforce ...")
    receipt.add_argument(
        "conditions", nargs="*", metavar="COLUMN=VALUE", help="such as region_code=15.03 month=2025-03"
    )
    which = receipt.add_mutually_exclusive_group()
    which.add_argument("--as-of", type=arguments.day, metavar="DAY", help="as known on DAY, such as 2025-03-16")
    which.add_argument("--history", action="store_true", help="every version, superseded ones too")
    receipt.add_argument("--rows", type=int, default=20, metavar="N", help="list N figures of each version")
    arguments.home(receipt)
    arguments.as_json(receipt)
    cli_config.register(add)
    cli_quarantine.register(add)
    keys.register(add)
    breach.register(add)
    cli_inspect.register(add)
    cli_metadata.register(add)
    cli_publish.register(add)
    operations.register(add)
    keeping.register(add)
    scanning.register(add)
    _claims(add)
    _plan(add)
    trace = _command(
        add("trace", help="the rows behind the findings of an employer / baris di balik temuan"), commands.trace
    )
    trace.add_argument("employer", metavar="EMPLOYER", help="NPP, or NIB:... of an employer without one")
    trace.add_argument("--month", required=True, type=arguments.month, metavar="YYYY-MM")
    trace.add_argument("--as-of", type=arguments.day, metavar="DAY", help="as known on DAY")
    trace.add_argument("--region", metavar="CODE", help="only in this regency")
    arguments.home(trace)
    arguments.as_json(trace)
    status = _command(
        add("status", help="what is loaded, and how the last runs ended / keadaan gudang"), commands.status
    )
    arguments.home(status)
    status.add_argument(
        "--costs", metavar="RUN", nargs="?", const="", help="what the steps of the last run, or of RUN, cost"
    )
    arguments.as_json(status)
    doctor = _command(add("doctor", help="is this installation fit to run? / periksa kesiapan"), commands.doctor)
    arguments.home(doctor)
    arguments.config(doctor)
    arguments.as_json(doctor)
    dictionary = _command(
        add("dictionary", help="every table and column, as Markdown / kamus data"), commands.dictionary
    )
    dictionary.add_argument(
        "name", nargs="?", metavar="NAME", help="only this table, view or macro, such as coverage_gap"
    )
    dictionary.add_argument("--check", metavar="FILE", help="fail unless FILE is up to date")
    dictionary.add_argument("--diagrams", type=Path, metavar="DIR", help="write entities.svg and lineage.svg instead")
    arguments.as_json(dictionary)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Return the exit code of the command, after running it."""
    be_discreet()
    given = parser().parse_args(words)
    threads.announce(getattr(given, "config", None))
    try:
        command: Callable[[argparse.Namespace], int] = given.action
        return command(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except SystemExit:
        raise
    except BaseException as error:
        tell(error)
        return FAILED


def _claims(add: Callable[..., argparse.ArgumentParser]) -> None:
    claims = _command(add("claims", help="published figures, checked / angka publikasi, diuji"), commands.claims)
    claims.add_argument("--region", metavar="REGION", help="code or name; a province brings its regencies")
    claims.add_argument("--verdict", type=str.upper, metavar="VERDICT", help="such as INCONSISTENT_IN_ITSELF")
    arguments.home(claims)
    claims.add_argument("--csv", action="store_true", help="print CSV")
    arguments.as_json(claims)


def _plan(add: Callable[..., argparse.ArgumentParser]) -> None:
    plan = _command(
        add("plan", help="workers and rupiah missing to a target / kekurangan menuju target"), commands.plan
    )
    plan.add_argument("region", metavar="REGION", help="code or name, such as 15.03 or Sarolangun")
    plan.add_argument(
        "--ratio", metavar="SHARE", help="coverage to reach, 0.962 or 96.2%%; without it the targets known"
    )
    plan.add_argument(
        "--month", type=arguments.month, metavar="YYYY-MM", help="whose premiums and targets; the newest loaded"
    )
    plan.add_argument("--frame", type=str.upper, metavar="FRAME", help="KEMENDAGRI, DAERAH, RPJMN or RPJPN only")
    plan.add_argument(
        "--premium", type=arguments.rupiah, metavar="IDR", help="per worker and month; without it those of the law"
    )
    arguments.home(plan)
    arguments.as_json(plan)


def _command(sub: argparse.ArgumentParser, action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    sub.set_defaults(action=action)
    sub.epilog = EPILOG
    return sub
