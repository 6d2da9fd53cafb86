"""After a load, whatever became of it: watch and leave the metrics. What fails here never fails the load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flows.running.metrics import write_metrics
from flows.settings import Settings
from flows.watching.watch import watch
from warehouse.disk import refusal_of
from warehouse.errors import Stop, place_of
from warehouse.home import Home


def after_load(home: Home, settings: Settings, clock: Callable[[], datetime], say: Callable[[str], None]) -> None:
    """Tell what began, lasts and is over, if the settings have a part `[watch]`, and write the metrics."""
    try:
        conditions = list(watch(home, settings, clock, say).conditions) if settings.watch else []
        folder = settings.watch.metrics_folder if settings.watch else ""
        write_metrics(home, conditions, Path(folder) if folder else None)
    except Stop as stop:
        say(f"watch: {stop}")
    except Exception as broken:
        say(f"watch: {refusal_of(broken) or f'{type(broken).__name__} at {place_of(broken)}'}")
