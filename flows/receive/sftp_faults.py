"""What an SFTP server and the line to it do wrong, in our words: what can pass, and what cannot."""

from __future__ import annotations

import socket

import asyncssh

from flows.receive.folder import unreadable
from flows.receive.remote import Changed, Passing
from warehouse.errors import Stop

DENIED = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


def as_ours(error: Exception, host: str, name: str) -> Exception:
    """Return what to raise for an error that came up at `name`. The server's own words are not repeated."""
    kind = type(error).__name__
    if isinstance(error, DENIED):
        return unreadable(name)
    if isinstance(error, GONE):
        return Changed("file_vanished", f"{name} is gone", f"{name} sudah tidak ada", "send it again")
    if isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN:
        en, id = f"no host is called {host}", f"tidak ada host bernama {host}"
        return Stop("host_unknown", en, id, "correct the url of the source")
    if isinstance(error, asyncssh.ChannelOpenError):
        en, id = f"{host} opens no SFTP for this user", f"{host} tidak membuka SFTP bagi pengguna ini"
        return Stop("sftp_refused", en, id, "ask the sender to allow SFTP for it")
    en, id = f"the line to {host} broke ({kind})", f"hubungan ke {host} terputus ({kind})"
    return Passing("connection_lost", en, id, "look at the line and the server; the next run goes on where it broke")
