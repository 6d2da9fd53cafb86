"""Who is woken, and how often: told when it begins, once a day while it lasts, once when it is over, quiet otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.watched import TEN_BAD_NIGHTS, looked, night, stopped, ten_bad_nights
from warehouse.home import Home
from warehouse.runs import FAILED

Messages = list[dict[str, Any]]


@contextmanager
def hook() -> Iterator[tuple[str, Messages]]:
    """Yield the Apprise URL of a web server on loopback, and the messages that it got."""
    messages: Messages = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/", messages
    finally:
        server.shutdown()
        server.server_close()


def test_ten_bad_nights_are_told_once_then_daily_and_their_end_once(
    watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook() as (url, messages):
        ten_bad_nights(watched_home, url, monkeypatch)
    assert [message["title"] for message in messages] == TEN_BAD_NIGHTS
    assert "server unreachable" in messages[0]["message"]
    assert "sejak / since 2026-03-01" in messages[9]["message"]


def test_hourly_looks_at_one_bad_night_stay_quiet_after_the_first(
    watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook() as (url, messages):
        now = night(watched_home, 0, FAILED)
        for hours in range(20):
            looked(watched_home, url, monkeypatch, now + timedelta(hours=hours))
        assert len(messages) == 1
        looked(watched_home, url, monkeypatch, now + timedelta(hours=20))
        assert len(messages) == 2


def test_a_good_night_is_quiet(watched_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook() as (url, messages):
        assert not looked(watched_home, url, monkeypatch, night(watched_home, 0, "LOADED")).bad
        assert messages == []


def test_a_message_that_reached_nobody_is_told_by_the_next_watch(
    watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook() as (gone, _):
        pass
    now = night(watched_home, 0, FAILED)
    assert not looked(watched_home, gone, monkeypatch, now).delivered
    with hook() as (url, messages):
        assert looked(watched_home, url, monkeypatch, now + timedelta(hours=1)).delivered
        assert [message["title"] for message in messages] == ["[Cakupan] 1 baru / new"]


def test_no_load_for_longer_than_a_day_is_told(watched_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook() as (url, messages):
        looked(watched_home, url, monkeypatch, night(watched_home, 0, "LOADED") + timedelta(hours=27))
    assert "no load has begun since 2026-03-01" in messages[0]["message"]


def test_many_subjects_of_one_cause_make_one_message(watched_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    began = stopped(watched_home, [f"iuran_{number}.csv" for number in range(30)], "empty_file: kosong / empty")
    with hook() as (url, messages):
        looked(watched_home, url, monkeypatch, began)
    (message,) = messages
    assert "Berkas dihentikan / file stopped: 30" in message["message"]
    assert "22 lagi / more" in message["message"]
