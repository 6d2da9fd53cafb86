"""Distinct persons alone, against DuckDB: `python -m bench.distinct HOME/lake/kepesertaan --sets 3 --memory 2GiB`.

The files are the accepted memberships of one month of the bench. `words` makes the presence words of them, `count` makes the
coverage facts of those: every level, scope and basis, and the movement. `duckdb` groups the same rows by one region column
and person, one level and one basis, with `bit_or`. Each runs in a process of its own; what it imports is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from pydantic import ByteSize, TypeAdapter

from bench.terms import DAYS
from flows.assembly import PRESENT_BYTES
from flows.ceiling import held, rows_at_once
from flows.copies import rows_but
from flows.parts import PERSON, alike_persons
from transforms.graph import build
from warehouse import buckets, lake
from warehouse.calendar import Version
from warehouse.schema import Table, conform
from warehouse.tables.coverage import FactCoverage, FactProgrammeCoverage, Presence, PresenceBefore
from warehouse.tables.coverage_parts import AlikePersons, VersionBefore
from warehouse.tables.membership import Membership
from warehouse.tables.movement import FactMovement

STEPS = ("words", "count", "count with a month before", "duckdb")
ONE_LEVEL = """
WITH placed AS (
    SELECT worker_key, residence_code AS region_code,
        ((1 + 16 * is_vulnerable::UINTEGER + 256 * (programmes & 1)::UINTEGER + 2048 * (programmes & 2)::UINTEGER
          + 16384 * (programmes & 4)::UINTEGER + 131072 * (programmes & 8)::UINTEGER + 1048576 * (programmes & 16)::UINTEGER)
         << CASE segment WHEN 'PU' THEN 0 WHEN 'BPU' THEN 1 WHEN 'JAKON' THEN 2 ELSE 3 END)::UINTEGER AS word
    FROM read_parquet($files)
    WHERE start_date <= $reference AND (end_date IS NULL OR end_date >= $reference) AND (segment <> 'BPU' OR paid_through >= $oldest_paid)
),
person AS (SELECT region_code, worker_key, bit_or(word) AS word FROM placed GROUP BY region_code, worker_key)
SELECT region_code, word, count(*) AS persons FROM person GROUP BY region_code, word
"""


def main() -> int:
    """Return 0 when both engines count the same persons in every set."""
    asked = argparse.ArgumentParser(prog="python -m bench.distinct", description=__doc__)
    asked.add_argument("folder", type=Path, help="accepted memberships of one month")
    asked.add_argument("--sets", type=int, default=3)
    asked.add_argument("--memory", default="2GiB", help="ceiling of the load")
    asked.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked.add_argument("--words", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    paths = sorted(given.folder.glob("[!.]*.parquet"))
    memory = int(TypeAdapter(ByteSize).validate_python(given.memory))
    if given.step:
        print(json.dumps(_measured(given.step, paths, given.words, memory)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "bench.distinct", str(given.folder), "--memory", given.memory]
        found = [_in_turn([*command, "--words", f"{scratch}/words.parquet"]) for _ in range(given.sets)]
    for step in STEPS:
        cost = {key: median(one[step][key] for one in found) for key in ("cpu_s", "peak_mib")}
        ratio = median(one[step]["cpu_s"] / one["duckdb"]["cpu_s"] for one in found)
        print(f"{step:26} {cost['cpu_s']:6.2f} CPU s {cost['peak_mib']:6.0f} MiB above the start {ratio:6.2f} x duckdb")
    return 0 if all(one["count"]["persons"] == one["duckdb"]["persons"] for one in found) else 1


def _in_turn(command: Sequence[str]) -> dict[str, Any]:
    told = (subprocess.run([*command, "--step", step], check=True, capture_output=True, text=True) for step in STEPS)
    return {step: json.loads(one.stdout) for step, one in zip(STEPS, told, strict=True)}


def _measured(step: str, paths: Sequence[Path], words: Path, memory: int) -> dict[str, float]:
    """Return what a step costs and, where it counts them, the persons in force by residence, added over the regencies."""
    run: Callable[[], float] = {
        "words": lambda: _words(paths, words, memory),
        "count": lambda: _count(words, memory, {}),
        "count with a month before": lambda: _count(words, memory, _before(words)),
        "duckdb": lambda: _duckdb(paths),
    }[step]
    build([FactCoverage], {Presence: pl.LazyFrame(schema=Presence.polars_schema())}, _version())
    began, base, peak, done = _cpu(), held(os.getpid()), [0], threading.Event()
    watch = threading.Thread(target=lambda: _watch(peak, done), daemon=True)
    watch.start()
    persons = run()
    cpu = _cpu() - began
    done.set()
    watch.join()
    return {"cpu_s": cpu, "peak_mib": (peak[0] - base) / 2**20, "persons": persons}


def _words(paths: Sequence[Path], words: Path, memory: int) -> float:
    rows = conform(rows_but({}, paths, Membership, _version()), Membership)
    made = build([Presence], {**_seeds(), Membership: rows}, _version())[Presence]
    buckets.write(made, PERSON, words, rows_at_once(memory, PRESENT_BYTES))
    return 0


def _count(words: Path, memory: int, before: dict[type[Table], pl.LazyFrame]) -> float:
    """Write the three facts and return the persons of all regencies by residence."""
    inputs = {**_seeds(), Presence: lake.rows_of([words], Presence), **before}
    inputs[AlikePersons] = alike_persons(inputs, _version(), memory)
    facts = build([FactCoverage, FactProgrammeCoverage, FactMovement], inputs, _version())
    lake.write_all({words.with_name(f"{fact.name}.parquet"): frame for fact, frame in facts.items()})
    coverage = lake.read(words.with_name(f"{FactCoverage.name}.parquet"))
    is_regency = pl.col("region_code").str.len_chars() > 2
    mine = coverage.filter(is_regency, pl.col("basis") == "RESIDENCE", pl.col("segment") == "ALL")
    return float(mine["active_workers"].sum())


def _before(words: Path) -> dict[type[Table], pl.LazyFrame]:
    """Return the month itself as the month before: as many rows, and a past of every person."""
    measured = conform(pl.LazyFrame({"previous_as_of_date": [DAYS["as_of"]]}), VersionBefore)
    return {PresenceBefore: lake.rows_of([words], PresenceBefore), VersionBefore: measured}


def _duckdb(paths: Sequence[Path]) -> float:
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "8GB"}) as connection:
        told = {"files": [str(path) for path in paths], **{day: DAYS[day] for day in ("reference", "oldest_paid")}}
        return float(sum(persons for _, _, persons in connection.execute(ONE_LEVEL, told).fetchall()))


def _seeds() -> dict[type[Table], pl.LazyFrame]:
    return {table: lake.seed(table) for table in Table.registry.values() if table.seed}


def _version() -> Version:
    return Version(DAYS["month"], DAYS["as_of"])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _watch(peak: list[int], done: threading.Event) -> None:
    while not done.wait(0.02):
        peak[0] = max(peak[0], held(os.getpid()))


if __name__ == "__main__":
    sys.exit(main())
