"""A web server on loopback that takes JSON, as a catalogue or a receiver of alerts does, and keeps what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.loopback import HOST


class Catalogue(ThreadingHTTPServer):
    """Answers with `status` and keeps what it was told: path, authorization, JSON."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), Listener)
        self.status, self.asked = 201, list[tuple[str, str, dict[str, Any]]]()


class Listener(BaseHTTPRequestHandler):
    """Takes one JSON a request."""

    def do_POST(self) -> None:
        """Keep what is told."""
        assert isinstance(self.server, Catalogue)
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], told))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Catalogue]:
    """Yield a running server."""
    with Catalogue() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()
