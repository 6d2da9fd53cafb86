"""Nights that ended so or so, and a watch that looks at them: what the tests of alerts share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from flows.context import silent
from flows.secret import Secret
from flows.settings import Settings
from flows.watching.settings import WatchSettings
from flows.watching.watch import Watched, watch
from warehouse.home import Home
from warehouse.runs import RunLog

FIRST_NIGHT = datetime(2026, 3, 1, 19)
TEN_BAD_NIGHTS = [
    "[Cakupan] 1 baru / new",
    *["[Cakupan] 1 berlanjut / still"] * 9,
    "[Cakupan] 1 pulih / recovered",
]


def night(home: Home, number: int, state: str) -> datetime:
    """Enter a run of that night which ended so, and return the moment of its end."""
    began = FIRST_NIGHT + timedelta(days=number)
    log = RunLog(home, f"{began:%Y%m%dT%H%M%S}-000000", lambda: began)
    log.start("code", "cakupan run")
    log.end(state, reason="server unreachable")
    return began + timedelta(minutes=7)


def stopped(home: Home, names: Sequence[str], reason: str) -> datetime:
    """Enter a run of the first night that stopped these files, and return the moment of its end."""
    log = RunLog(home, f"{FIRST_NIGHT:%Y%m%dT%H%M%S}-000000", lambda: FIRST_NIGHT)
    log.start("code", "cakupan run")
    log.end("STOPPED", stopped_files={name: [reason] for name in names})
    return FIRST_NIGHT


def looked(
    home: Home, url: str, monkeypatch: pytest.MonkeyPatch, now: datetime, say: Callable[[str], None] = silent
) -> Watched:
    """Return what a watch found that tells it to one address."""
    monkeypatch.setenv("WATCH_URL", url)
    settings = Settings(watch=WatchSettings(notify=(Secret(env="WATCH_URL"),)))
    return watch(home, settings, lambda: now, say)


def ten_bad_nights(home: Home, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at ten nights that failed and two that did not."""
    for number, state in enumerate(["FAILED"] * 10 + ["LOADED"] * 2):
        looked(home, url, monkeypatch, night(home, number, state))
