"""dbt on DuckDB: the project `bench/dbt`, a model per step; columns and rules are its variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.engines.naive import KINDS, condition, parsed
from bench.terms import DAYS, REGENCIES, SHARED_NAMES
from warehouse.rules import raw, row_rules
from warehouse.schema import Extract, Severity
from warehouse.vocabulary import PROGRAMMES, SCOPES, SEGMENTS

PROJECT = Path(__file__).parents[1] / "dbt"


def variables(source: Path) -> dict[str, Any]:
    """Return what the project is told: where the extracts lie, the days, the lists, and the declared tables."""
    return {
        "source": str(source),
        "format": "csv" if any(source.glob("kepesertaan_*.csv")) else "parquet",
        "secret": "key",
        "reference": str(DAYS["reference"]),
        "oldest_paid": str(DAYS["oldest_paid"]),
        "is_overdue": DAYS["due"] < DAYS["as_of"],
        "regions": REGENCIES,
        "shared_names": SHARED_NAMES,
        "segments": SEGMENTS,
        "scopes": SCOPES,
        "programmes": PROGRAMMES,
        "kinds": {table.kind: _declared(table) for table in KINDS},
    }


def _declared(table: type[Extract]) -> dict[str, Any]:
    columns = table.arriving().values()
    rules = {
        severity: [
            {"name": rule.name, "holds": condition(rule)}
            for rule in row_rules(table)
            if rule.kind != "unique" and (rule.severity is Severity.WARN) == (severity is Severity.WARN)
        ]
        for severity in (Severity.REJECT, Severity.WARN)
    }
    return {
        "columns": [{"text": one.arrives_as, "raw": raw(one), "parsed": list(parsed(one))} for one in columns],
        "rules": rules[Severity.REJECT],
        "warnings": rules[Severity.WARN],
        "key": list(table.unique),
        "stored": [{"name": one.name, "secret": bool(one.pseudonym)} for one in columns],
        "ids": [name for one in columns if one.pseudonym for name in (raw(one), one.name)],
    }


def run(source: Path, out: Path) -> int:
    """Return the exit code of the project run on the extracts of `source`; the database, its logs and its target lie in `out`."""
    command = [
        str(Path(sys.executable).with_name("dbt")), "run", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
        "--target-path", str(out / "target"), "--log-path", str(out / "logs"), "--vars", json.dumps(variables(source)),
    ]  # fmt: skip
    told = {"BENCH_OUT": str(out), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    return subprocess.run(command, env=os.environ | told, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
