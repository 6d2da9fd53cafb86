"""What servers refuse, whatever they speak, said the same way: what a person must mend, and what time may."""

from __future__ import annotations

from flows.receive.remote import Changed, Passing
from warehouse.errors import Stop


def login_refused(where: str) -> Stop:
    """Return that the server does not know us."""
    en, id = f"{where} refuses the login", f"{where} menolak nama atau sandi"
    return Stop("login_refused", en, id, "check the user and where the secret is kept; ask the server's owner")


def permission_denied(where: str) -> Stop:
    """Return that the server knows us and does not let us."""
    en, id = f"{where} may not be read by this user", f"{where} tidak boleh dibaca oleh pengguna ini"
    return Stop("permission_denied", en, id, "ask the server's owner for the right to read it")


def file_missing(where: str) -> Stop:
    """Return that what was named or listed is not there."""
    return Stop("file_missing", f"{where} is not there", f"{where} tidak ada", "check the url; it may have been moved")


def request_refused(where: str, why: str) -> Stop:
    """Return that the server refuses for a reason of its own, in its own words for it."""
    en, id = f"{where} refuses the request: {why}", f"{where} menolak permintaan: {why}"
    return Stop("request_refused", en, id, "check the url and the keys of the source; ask the server's owner")


def unreachable(where: str, why: str) -> Passing:
    """Return that the line to the server is broken."""
    en, id = f"the line to {where} is broken: {why}", f"sambungan ke {where} terputus: {why}"
    return Passing("server_unreachable", en, id, "check the url and the network")


def busy(where: str, why: str, wait: float = 0) -> Passing:
    """Return that the server asks for another time; `wait` are the seconds it asks for."""
    en, id = f"{where} is busy: {why}", f"{where} sedang sibuk: {why}"
    return Passing("server_busy", en, id, wait=wait)


def changed(where: str) -> Changed:
    """Return that the server has other content now than the one that was found."""
    return Changed("file_changing", f"{where} changed while it was read", f"{where} berubah ketika dibaca")


def unproved(where: str) -> Changed:
    """Return that nothing proves the rest to belong to the beginning that came, which is of no use then."""
    en, id = f"{where} broke off and bears no tag", f"{where} terputus dan tidak bertanda"
    return Changed("resume_unproved", f"{en}: it is read from the beginning", f"{id}: dibaca dari awal")
