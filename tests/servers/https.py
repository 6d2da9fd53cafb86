"""A real HTTPS server on loopback, as a portal is one: ranges, tags, conditions, passwords, and faults on demand."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from flows.receive.https import HttpsRemote
from flows.sources import HttpsAddress
from tests.servers.authority import Authority
from tests.servers.loopback import HOST

Headers = dict[str, str]
NAME = "2025/iuran 03.csv"
PATH = "/data/2025/iuran%2003.csv"
CONTENT = bytes(range(256)) * 2_000


class Portal(ThreadingHTTPServer):
    """A server of `documents` (path to content), which demands the header `authorization` when that is not empty.

    `headers`, by path, are sent besides; an empty one is left out. Faults, by path: `cuts` break the line once after so
    many bytes, `answers` are given once instead of the document. `forbids` are methods that get 405. Without `tags` no
    content is told from another. `asked` is every request: method, path, headers.
    """

    daemon_threads = True

    def __init__(self, authority: Authority) -> None:
        super().__init__((HOST, 0), Handler)
        self.authority = authority
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.show(authority.certificate(HOST))
        self.socket = self.context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.forget()

    def forget(self) -> None:
        """Forget every document, fault and request."""
        self.documents: dict[str, bytes] = {}
        self.headers: dict[str, Headers] = {}
        self.cuts: dict[str, int] = {}
        self.answers: dict[str, list[tuple[int, Headers]]] = {}
        self.forbids: set[str] = set()
        self.tags = True
        self.authorization = ""
        self.asked: list[tuple[str, str, Headers]] = []

    def show(self, certificate: tuple[Path, Path]) -> None:
        """Show this certificate, with this key, to every connection to come."""
        self.context.load_cert_chain(*certificate)

    def url(self, path: str = "/", host: str = HOST) -> str:
        """Return the address of a path."""
        return f"https://{host}:{self.server_port}{path}"

    def remote(self, path: str = "/data/", **keys: Any) -> HttpsRemote:
        """Return the way to the files below a path: to `NAME`, unless the keys say which."""
        which = {} if "index" in keys else {"files": (NAME,)}
        return HttpsRemote(HttpsAddress(url=self.url(path), **{"ca": self.authority.pem, **which, **keys}))

    def heard(self, method: str = "GET") -> list[Headers]:
        """Return the headers of every request of a method."""
        return [headers for one, _, headers in self.asked if one == method]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that leaves is what tests want."""


class Handler(BaseHTTPRequestHandler):
    """One connection to the portal."""

    protocol_version = "HTTP/1.1"
    server: Portal

    def do_GET(self) -> None:
        """Answer with the document, a part of it, or the fault that is due."""
        portal, path = self.server, self.path
        asked = {name.lower(): value for name, value in self.headers.items()}
        portal.asked.append((self.command, path, asked))
        if portal.answers.get(path):
            return self.answer(*portal.answers[path].pop(0))
        if self.command in portal.forbids:
            return self.answer(405, {})
        if portal.authorization and asked.get("authorization") != portal.authorization:
            return self.answer(401, {"WWW-Authenticate": "Basic"})
        content = portal.documents.get(path)
        if content is None:
            return self.answer(404, {})
        tag = f'"{hashlib.md5(content).hexdigest()}"' if portal.tags else ""
        headers = {"ETag": tag, "Accept-Ranges": "bytes"} if tag else {}
        if tag and asked.get("if-none-match") == tag:
            return self.answer(304, headers)
        start = self.start(asked, tag)
        if start >= len(content) > 0:
            return self.answer(416, {"Content-Range": f"bytes */{len(content)}"})
        part = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if start else {}
        return self.answer(206 if start else 200, {**headers, **part, **portal.headers.get(path, {})}, content[start:])

    do_HEAD = do_GET  # noqa: N815

    def start(self, asked: Headers, tag: str) -> int:
        """Return the first byte that is asked for; a range that is conditional on another tag asks for all."""
        if "range" not in asked or (tag and asked.get("if-range", tag) != tag):
            return 0
        return int(asked["range"].removeprefix("bytes=").rstrip("-"))

    def answer(self, status: int, headers: Headers, content: bytes = b"") -> None:
        """Send an answer, or as much of it as the line bears."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = self.server.cuts.pop(self.path, None)
        self.wfile.write(content[:cut])
        if cut is not None:
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def portal(authority: Authority) -> Iterator[Portal]:
    """Yield a running portal whose certificate is the authority's."""
    with Portal(authority) as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield made
        made.shutdown()
