"""`python -m tests.readers`: many readers of every supported DuckDB while versions are published; 1 when anything was wrong."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readers.crowd import Publisher, watched
from tests.readers.report import lines, wrong

DUCKDBS = ("1.1.3", "1.4.2", "1.5.6", "2.0.0")
ENVIRONMENTS = Path(".venv-readers")


def main() -> int:
    """Print what was seen, return 0 when there was no error, no mix and nobody was left behind."""
    arguments = ArgumentParser(prog="python -m tests.readers", description=__doc__)
    arguments.add_argument("--readers", type=int, default=100)
    arguments.add_argument("--publishes", type=int, default=50)
    arguments.add_argument("--keep", type=int, default=2, help="versions that stay on the disk")
    arguments.add_argument("--grace", type=float, default=30, help="seconds that a replaced version stays in any case")
    arguments.add_argument("--numbers", type=int, default=100_000, help="what long queries cross 500 regions with")
    given = arguments.parse_args()
    pythons = list(islice(cycle(environment(version) for version in DUCKDBS), given.readers))
    with TemporaryDirectory(prefix="cakupan-readers-") as folder:
        publisher = Publisher(Path(folder), given.keep, given.grace)
        publisher.publish()

        def publishes() -> None:
            for _ in range(given.publishes):
                publisher.publish()
                print(f"\r{publisher.version - 1} of {given.publishes} published", end="", file=sys.stderr, flush=True)

        seen = watched(publisher.published, pythons, publishes, long=1, numbers=given.numbers)
    print(
        f"\n{given.publishes} publishes, {given.keep} versions kept, {given.grace:g} s of grace",
        *lines(seen, publisher.version),
        sep="\n",
    )
    return 1 if wrong(seen, publisher.version) else 0


def environment(version: str) -> str:
    """Return the Python of an environment that holds this DuckDB and nothing else, made unless it is there."""
    folder = ENVIRONMENTS / f"duckdb-{version}"
    python = folder.absolute() / "bin" / "python"
    done = folder / ".installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        quietly = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")
        subprocess.run([str(python), "-m", "pip", "install", *quietly, f"duckdb=={version}"], check=True)
        done.touch()
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
