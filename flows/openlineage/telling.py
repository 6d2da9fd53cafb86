"""Where the events go: a file, a line each, or a url that takes them. Nobody who does not listen stops a load."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flows.openlineage.events import COMPLETE, FAIL, START, event
from flows.written import reasons, written
from warehouse.errors import StepFailed, Stop, place_of
from warehouse.home import Home

URL, KEY = "OPENLINEAGE_URL", "OPENLINEAGE_API_KEY"
ENDPOINT = "api/v1/lineage"
PATIENCE_SECONDS = 10.0


@contextmanager
def told(home: Home, run_id: str, clock: Callable[[], datetime], say: Callable[[str], None]) -> Iterator[None]:
    """Tell that a run begins, and how it ends with what it wrote, where OPENLINEAGE_URL says; without it, tell nobody."""
    target = os.environ.get(URL, "")
    if not target:
        yield
        return
    _tell(target, say, lambda: event(START, run_id, clock()))
    try:
        yield
    except BaseException as broken:
        why = str(broken) if isinstance(broken, Stop | StepFailed) else f"{type(broken).__name__} at {place_of(broken)}"
        _tell(target, say, lambda: event(FAIL, run_id, clock(), failure=why))
        raise
    _tell(target, say, lambda: event(COMPLETE, run_id, clock(), written(home, run_id), reasons(home, run_id)))


def _tell(target: str, say: Callable[[str], None], make: Callable[[], Mapping[str, Any]]) -> None:
    try:
        _deliver(target, json.dumps(make(), default=str, ensure_ascii=False))
    except Exception as broken:
        say(f"OpenLineage: tidak terkirim / not delivered: {type(broken).__name__} at {place_of(broken)}")


def _deliver(target: str, text: str) -> None:
    address = urlsplit(target)
    if address.scheme == "file":
        with Path(unquote(address.path)).open("a", encoding="utf-8") as events:
            events.write(text + "\n")
        return
    import httpx

    key = os.environ.get(KEY)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    place = target if address.path.rstrip("/") else f"{target.rstrip('/')}/{ENDPOINT}"
    httpx.post(place, content=text.encode(), headers=headers, timeout=PATIENCE_SECONDS).raise_for_status()
