"""From an address to the way in. Libraries are imported by the way that needs them."""

from __future__ import annotations

from flows.receive.remote import Remote
from flows.sources import Address, FileAddress, HttpsAddress, PostgresqlAddress, S3Address, SftpAddress


def remote_of(address: Address) -> Remote:
    """Return the remote that an address names, not connected yet. Raises Stop when a secret is missing."""
    match address:
        case FileAddress():
            from flows.receive.folder import FolderRemote

            return FolderRemote(address)
        case SftpAddress():
            from flows.receive.sftp import SftpRemote

            return SftpRemote(address)
        case S3Address():
            from flows.receive.s3 import S3Remote

            return S3Remote(address)
        case HttpsAddress():
            from flows.receive.https import HttpsRemote

            return HttpsRemote(address)
        case PostgresqlAddress():
            from flows.receive.postgresql import PostgresqlRemote

            return PostgresqlRemote(address)
    raise TypeError(type(address).__name__)
