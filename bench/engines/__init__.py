"""Who loads the month of the bench: each engine is a command `python -m bench.engines.<name> SOURCE OUT`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import facts

APART = Path(".venv-bench")


@dataclass(frozen=True)
class Engine:
    """An engine: what it is, how its facts are read from the folder it wrote, and whether it lives in `.venv-bench`."""

    about: str
    facts: Callable[[Path], facts.Facts] | None
    apart: bool = False

    @property
    def python(self) -> str:
        """Return the interpreter that has the engine's packages."""
        return str(APART / "bin/python") if self.apart else sys.executable


def _database(out: Path) -> facts.Facts:
    return facts.of_database(out / "facts.duckdb")


ENGINES = {
    "scan": Engine("a plain scan of every column of the same files", None),
    "floor": Engine("`bench/floor.sql`: hand-optimised DuckDB", _database),
    "ours": Engine(
        "`cakupan run --plain`: with audit, publication and every other fact", lambda out: facts.of_home(out / "home")
    ),
    "ours_under": Engine('the same with `memory = "1.5GiB"`', lambda out: facts.of_home(out / "home")),
    "naive": Engine("DuckDB as first written: statement by statement, no tricks", _database),
    "dbt": Engine("dbt on DuckDB: the project `bench/dbt`, a model per step", _database, apart=True),
    "pandas": Engine("pandas, file by file", _database, apart=True),
    "pandas_gx": Engine("pandas, every file judged by Great Expectations' pandas engine", _database, apart=True),
    "dask": Engine("Dask with two threads, a file a partition", _database, apart=True),
    "pyspark": Engine("PySpark, `local[2]`: needs Java 17 or newer", _database, apart=True),
}
