"""Whom we believe to be the server: certificates, and what to do about one that we do not believe."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from warehouse.errors import Stop

POSTGRESQL_ASKS_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
NOT_YET, EXPIRED, WRONG_NAME, WRONG_ADDRESS = 9, 10, 62, 64


def context(ca: Path | None) -> ssl.SSLContext:
    """Return how we check a server: by the authorities of `ca` alone, or by those of this machine without it.

    Raises Stop when `ca` holds no certificate.
    """
    if ca is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as broken:
        why = "is not a PEM certificate" if isinstance(broken, ssl.SSLError) else broken.strerror
        en, id = f"ca = {ca}: {why}", f"ca = {ca} tidak dapat dipakai"
        raise Stop("ca_unusable", en, id, "name the PEM file of the authority that signed the server") from None


def refused(where: str, error: ssl.SSLCertVerificationError) -> Stop:
    """Return which fault of the server's certificate it is, and its cure."""
    if error.verify_code == EXPIRED:
        return Stop(
            "certificate_expired", f"the certificate of {where} ran out", f"sertifikat {where} sudah kedaluwarsa",
            "the server's owner renews it; check the clock of this machine",
        )  # fmt: skip
    if error.verify_code == NOT_YET:
        return Stop(
            "certificate_not_yet_valid", f"the certificate of {where} is for a later time",
            f"sertifikat {where} belum berlaku", "check the clock of this machine",
        )  # fmt: skip
    if error.verify_code in (WRONG_NAME, WRONG_ADDRESS):
        return Stop(
            "certificate_of_another", f"the certificate at {where} is for another name",
            f"sertifikat pada {where} untuk nama lain", "write the url with the name that the certificate bears",
        )  # fmt: skip
    return Stop(
        "certificate_unknown", f"no authority we trust signed the certificate of {where}: {error.verify_message}",
        f"sertifikat {where} tidak ditandatangani otoritas yang dipercaya",
        'ask the server\'s owner for the authority\'s certificate and declare ca = "FILE"',
    )  # fmt: skip


def examine(host: str, port: int, ca: Path | None, seconds: float, asks: bytes = b"") -> Stop | None:
    """Return what is wrong with the certificate that a server shows, None when nothing is or nobody answers.

    For libraries that say no more than that they do not believe it. `asks` is said before TLS begins, and one byte is
    heard.
    """
    checked = context(ca)
    try:
        with socket.create_connection((host, port), timeout=seconds) as line:
            if asks:
                line.sendall(asks)
                line.recv(1)
            with checked.wrap_socket(line, server_hostname=host):
                return None
    except ssl.SSLCertVerificationError as error:
        return refused(f"{host}:{port}", error)
    except OSError:
        return None
