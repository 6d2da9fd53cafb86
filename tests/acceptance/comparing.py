"""The oracle's tables beside the product's: built, read and compared."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.acceptance.employers import REGIONS
from tests.acceptance.generator import Planted

HERE = Path(__file__).parent
KINDS = ("kepesertaan", "iuran", "badan_usaha", "penduduk_bekerja", "target", "umk")


def oracle(folder: Path, planted: list[Planted]) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the facts of the CSV files in `folder`, read as text, without the planted rows."""
    base = duckdb.connect()
    base.execute("set threads = 1")
    base.execute(f"create table region_seed as select * from read_csv('{REGIONS}', all_varchar = true)")
    base.execute("create table planted (file varchar, line bigint)")
    base.executemany("insert into planted values (?, ?)", [(one.file, one.line) for one in planted])
    for kind in KINDS:
        union = " union all by name ".join(_as_text(path) for path in sorted(folder.glob(f"{kind}*.csv")))
        base.execute(f"create table raw_{kind} as select * from ({union}) anti join planted using (file, line)")
    for script in sorted((HERE / "oracle").glob("*.sql")):
        base.execute(script.read_text(encoding="utf-8"))
    return base


def _as_text(path: Path) -> str:
    options = "all_varchar = true, header = true, delim = ',', nullstr = '\\N', parallel = false"
    return f"select '{path.stem}' as file, row_number() over () + 1 as line, * from read_csv('{path}', {options})"
