"""How many threads the engines may use: said before they are imported, for Polars never changes its mind."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

VARIABLES = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")


def announce(config: str | None) -> None:
    """Put `threads` of the settings into the environment; what the environment says already holds. Wrong settings are told later."""
    if not config:
        return
    try:
        threads = tomllib.loads(Path(config).read_text(encoding="utf-8")).get("threads", 0)
    except (OSError, ValueError):
        return
    if type(threads) is int and threads > 0:
        for name in VARIABLES:
            os.environ.setdefault(name, str(threads))


def hold(threads: int) -> str:
    """Hold Arrow to `threads`, 0 for as many as it likes; return what is to be said of Polars when it began with more."""
    if not threads:
        return ""
    import polars as pl
    import pyarrow as pa

    pa.set_cpu_count(threads)
    pa.set_io_thread_count(threads)
    if (found := pl.thread_pool_size()) > threads:
        return f"Polars: {found} thread, bukan {threads} / not {threads}: set POLARS_MAX_THREADS before starting"
    return ""
