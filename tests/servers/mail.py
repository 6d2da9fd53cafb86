"""A real SMTP server on loopback: it offers STARTTLS, takes a login only under it, and keeps what it was sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.authority import Authority
from tests.servers.loopback import HOST, free_port

USER, PASSWORD = "cakupan", "sandi-surel-rahasia"
SENDER, RECEIVER = "cakupan@bpjs.example", "jaga@bpjs.example"


@dataclass
class Mailbox:
    """What the server was told: logins by name, and letters with the addresses they were for."""

    port: int
    logins: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)

    def url(self, password: str = PASSWORD) -> str:
        """Return the address of the receiver as Apprise writes it."""
        told = f"mode=starttls&from={SENDER}&to={RECEIVER}"
        return f"mailtos://{USER}:{password}@{HOST}:{self.port}/?{told}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """Keep a letter."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.receivers.append(list(envelope.rcpt_tos))
        return "250 OK"

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG002
        """Return whether somebody may send."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@contextmanager
def mailbox(authority: Authority) -> Iterator[Mailbox]:
    """Yield a running server whose certificate is signed by `authority`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.certificate(HOST))
    made = Mailbox(free_port())
    running = Controller(
        made, HOST, made.port, tls_context=context, require_starttls=True, auth_required=True, authenticator=made.login
    )
    running.start()
    try:
        yield made
    finally:
        running.stop()


def text_of(letter: EmailMessage) -> str:
    """Return what a letter says in plain text."""
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())
