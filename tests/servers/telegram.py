"""A stand-in for Telegram, which cannot be reached from a test: a proxy on loopback that answers for its host itself.

What is sent to it is the real thing: name resolution by the proxy, TLS with a certificate for api.telegram.org that the test
trusts, the request of the Bot API. What Telegram would make of it is known from its documentation only: the longest text,
the bot that is unknown.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.authority import Authority
from tests.servers.loopback import HOST

TELEGRAM = "api.telegram.org"
LONGEST_TEXT = 4096
TOKEN, CHAT = "123456789:AAE-rahasia_rahasia-rahasia_rahasia", -1001234567890
URL = f"tgram://{TOKEN}/{CHAT}/"


class Telegram(ThreadingHTTPServer):
    """Keeps the messages of its one bot, and every host that somebody asked for."""

    def __init__(self, authority: Authority) -> None:
        super().__init__((HOST, 0), Bot)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(*authority.certificate(TELEGRAM))
        self.hosts, self.messages = list[str](), list[dict[str, Any]]()
        self.token = TOKEN

    @property
    def proxy(self) -> str:
        """Return its address as a proxy."""
        return f"http://{HOST}:{self.server_port}"


class Bot(BaseHTTPRequestHandler):
    """Answers CONNECT with a connection to itself, and then the Bot API."""

    server: Telegram
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        """Be the host that is asked for."""
        self.server.hosts.append(self.path)
        self.send_response_only(200)
        self.end_headers()
        try:
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_POST(self) -> None:
        """Keep a message, unless it is too long or the bot is unknown."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != f"/bot{self.server.token}/sendMessage":
            self._answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        elif len(told["text"]) > LONGEST_TEXT:
            self._answer(400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"})
        else:
            self.server.messages.append(told)
            self._answer(200, {"ok": True, "result": {"message_id": len(self.server.messages)}})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def telegram(authority: Authority) -> Iterator[Telegram]:
    """Yield the running stand-in."""
    with Telegram(authority) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()
