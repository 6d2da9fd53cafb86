"""A plain scan: every column of every file is decoded once, and nothing is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from bench.engines.floor import KINDS, view


def run(source: Path) -> None:
    """Read all files of the three kinds of `source`."""
    with duckdb.connect(config={"threads": 2}) as connection:
        for kind in KINDS[:3]:
            connection.execute(view(source, kind))
            columns = [row[0] for row in connection.sql(f"DESCRIBE raw_{kind}").fetchall()]
            connection.sql(
                f"SELECT {', '.join(f'max(strlen({name}))' for name in columns if name not in ('file', 'line_no'))} FROM raw_{kind}"
            ).fetchall()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
