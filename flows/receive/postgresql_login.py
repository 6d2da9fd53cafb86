"""Logging in to a PostgreSQL server, and why it may not do."""

from __future__ import annotations

import ssl
from pathlib import Path

from flows.receive import refusals, trust
from flows.receive.remote import Passing
from flows.servers import PostgresqlServer
from warehouse.errors import Stop

LINE_BROKEN = (
    "Connection refused", "timeout expired", "Connection timed out", "could not translate host name",
    "server closed the connection", "Connection reset", "No route to host", "Network is unreachable", "SSL SYSCALL",
)  # fmt: skip
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
NOT_READY = ("starting up", "shutting down", "recovery", "not yet accepting", "too many", "remaining connection slots")


def connection_words(known: PostgresqlServer) -> str:
    """Return what libpq is told, all of it quoted. Raises Stop when the secret or the authority cannot be used."""
    parts = known.parts
    words = {
        "host": known.host, "port": str(parts.port or 5432), "user": parts.username or "", "dbname": known.path.strip("/"),
        "password": known.password.reveal() if known.password else "", "sslmode": known.sslmode,
        "connect_timeout": str(max(2, round(known.timeout_seconds))), "application_name": "cakupan",
        "tcp_user_timeout": str(round(known.timeout_seconds * 1000)), "keepalives_idle": "30",
        "gssencmode": "disable", "sslrootcert": _authorities(known),
    }  # fmt: skip
    return " ".join(f"{name}='{_escaped(value)}'" for name, value in words.items() if value)


def told_at_login(known: PostgresqlServer, where: str, text: str) -> Stop | Passing:
    """Return the fault behind what libpq says. A login that is refused for whatever reason is not tried again."""
    if "certificate" in text:
        port = known.parts.port or 5432
        asks = trust.POSTGRESQL_ASKS_FOR_TLS
        found = trust.examine(known.host, port, known.ca, known.timeout_seconds, asks)
        return found or refusals.request_refused(where, "certificate")
    if any(sign in text for sign in NOT_READY):
        return refusals.busy(where, "it takes no connection now")
    if "does not support SSL" in text:
        told = f"{where} does not speak TLS", f"{where} tidak memakai TLS"
        return Stop("server_without_tls", *told, "ask the server's owner to set ssl = on")
    if (broken := next((sign for sign in LINE_BROKEN if sign in text), None)) is not None:
        return refusals.unreachable(where, broken)
    return refusals.login_refused(where)


def _authorities(known: PostgresqlServer) -> str:
    """Return the file of the authorities to believe: the declared one, else this machine's."""
    if known.ca is not None:
        trust.context(known.ca)
        return str(known.ca)
    if not known.sslmode.startswith("verify"):
        return ""
    candidates = (ssl.get_default_verify_paths().cafile, *BUNDLES)
    return next((one for one in candidates if one and Path(one).is_file()), "system")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
