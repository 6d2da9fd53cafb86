"""A relay before a real server: it passes bytes through, hears what is asked, and breaks the line when told."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from tests.servers.loopback import HOST

CHUNK = 1 << 16


@dataclass
class Fault:
    """What happens, once, to the line on which a client says `when`: an `answer` that is not the server's, or a break
    after so many bytes of the server's."""

    when: bytes
    after: int = 0
    answer: bytes = b""


class Relay:
    """A line to a server on loopback. `faults` are to come, `heard` is everything that clients said."""

    def __init__(self, port: int, upstream: int) -> None:
        self.port, self.upstream = port, upstream
        self.faults: list[Fault] = []
        self.heard: list[bytes] = []

    def forget(self) -> None:
        """Forget what was heard and what was to break."""
        self.faults, self.heard = [], []

    def asked(self, marker: bytes) -> list[bytes]:
        """Return what clients said that begins with `marker`, in order."""
        return [said for said in self.heard if said.startswith(marker)]

    def fault(self, said: bytes) -> Fault | None:
        """Return the fault that these words bring about, which is used up then."""
        self.heard.append(said)
        found = next((one for one in self.faults if one.when in said), None)
        if found is not None:
            self.faults.remove(found)
        return found


class Line:
    """One connection through the relay."""

    def __init__(self, relay: Relay, client: socket.socket, server: socket.socket) -> None:
        self.relay, self.client, self.server = relay, client, server
        self.allowed: int | None = None

    def carry(self) -> None:
        """Carry what both say, in one thread as TLS wants it, until the server ends, or the line breaks."""
        sides = {self.client: self._from_client, self.server: self._from_server}
        while self.server in sides:
            waiting = isinstance(self.client, ssl.SSLSocket) and self.client in sides and self.client.pending()
            ready = [self.client] if waiting else select.select(list(sides), [], [])[0]
            for side in ready:
                if not sides[side](side.recv(CHUNK)):
                    del sides[side]

    def _from_client(self, said: bytes) -> bool:
        """Return whether the line goes on after these words of the client."""
        if not said:
            self.server.shutdown(socket.SHUT_WR)
            return False
        fault = self.relay.fault(said)
        if fault is not None and fault.answer:
            self.client.sendall(fault.answer)
            raise ConnectionAbortedError
        if fault is not None:
            self.allowed = fault.after
        self.server.sendall(said)
        return True

    def _from_server(self, said: bytes) -> bool:
        """Return whether the line goes on after these words of the server."""
        if self.allowed is not None and len(said) >= self.allowed:
            self.client.sendall(said[: self.allowed])
            raise ConnectionAbortedError
        if self.allowed is not None:
            self.allowed -= len(said)
        self.client.sendall(said)
        return bool(said)


@contextmanager
def relay(upstream: int, shown: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """Yield a relay to the port `upstream`; with a TLS context it speaks TLS to its clients."""
    with socket.create_server((HOST, 0)) as listener:
        made = Relay(listener.getsockname()[1], upstream)
        threading.Thread(target=_accept, args=(listener, made, shown), daemon=True).start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, made: Relay, shown: ssl.SSLContext | None) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(made, client, shown), daemon=True).start()


def _serve(made: Relay, client: socket.socket, shown: ssl.SSLContext | None) -> None:
    with closing(client), suppress(OSError), socket.create_connection((HOST, made.upstream)) as server:
        spoken = shown.wrap_socket(client, server_side=True) if shown else client
        with spoken:
            try:
                Line(made, spoken, server).carry()
            finally:
                spoken.shutdown(socket.SHUT_RDWR)
