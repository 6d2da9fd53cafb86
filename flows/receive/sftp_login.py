"""The login to an SFTP server: first its key, then our secret, and nothing from agents or ~/.ssh."""

from __future__ import annotations

from typing import Any

import asyncssh
from asyncssh import SSHClientConnection, SSHKey, SSHKnownHosts

from flows.sources import SftpAddress
from warehouse.errors import Stop

ALONE: dict[str, Any] = {
    "config": None, "agent_path": None, "client_keys": None, "x509_trusted_certs": None, "gss_host": None,
    "gss_kex": False, "gss_auth": False, "host_based_auth": False, "compression_algs": None, "pkcs11_provider": None,
}  # fmt: skip
PASSWORDS = "password,keyboard-interactive"
KEY_CURE = "check path and passphrase; the file must hold a private key in the form of OpenSSH or PKCS#8"


class Doorkeeper(asyncssh.SSHClient):
    """Trusts the keys that the settings expect, and remembers which key was shown."""

    def __init__(self, settings: SftpAddress, known: SSHKnownHosts | None) -> None:
        self.settings, self.known = settings, known
        self.host_is_known, self.shown = bool(settings.host_key), ""

    def match(self, host: str, addr: str, port: int | None) -> Any:
        """Return what the known_hosts file says of a server."""
        if self.known is None:
            return [], [], [], [], [], [], []
        found = self.known.match(host, addr, port)
        self.host_is_known = any(found)
        return found

    def validate_host_public_key(self, host: str, addr: str, port: int, key: SSHKey) -> bool:
        """Return whether the fingerprint of a key that no known_hosts file vouches for is expected."""
        del host, addr, port
        self.shown = f"{key.get_fingerprint()} ({key.get_algorithm()})"
        return key.get_fingerprint() in self.settings.host_key

    def refusal(self) -> Stop:
        """Return why the key that was shown is refused."""
        at, shown = self.settings.host, self.shown or "a certificate that nobody vouches for"
        cure = (
            f"ask the owner of {at} by another way whether {shown} is its key, "
            "and only then put it into host_key or known_hosts"
        )
        if self.host_is_known:
            en, id = f"{at} shows another key than expected: {shown}", f"{at} memakai kunci lain: {shown}"
            return Stop("host_key_changed", f"{en}; someone may stand in between", id, cure)
        en, id = f"the key of {at} is not known: {shown}", f"kunci {at} belum dikenal: {shown}"
        return Stop("host_key_unknown", en, id, cure)


async def connect(settings: SftpAddress) -> SSHClientConnection:
    """Return a connection to a server that proved its key. Raises Stop when it did not, or refuses the login."""
    keeper = Doorkeeper(settings, _known_hosts(settings))
    secret = _secret(settings)
    try:
        try:
            return await _connect(settings, keeper, secret)
        except (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost, OSError):
            if keeper.shown or not (keeper.known and keeper.host_is_known):
                raise
            # A server that has no key of the expected kind hangs up before it shows one: let it show what it has.
            return await _connect(settings, keeper, secret | {"server_host_key_algs": "default"})
    except asyncssh.HostKeyNotVerifiable:
        raise keeper.refusal() from None
    except asyncssh.KeyExchangeFailed:
        at = settings.host
        en, id = f"{at} offers no method that we hold for safe", f"{at} tidak menawarkan metode yang aman"
        raise Stop("methods_differ", en, id, "let the server be renewed") from None
    except asyncssh.PermissionDenied:
        who = f"{settings.parts.username}@{settings.host}"
        en, id = f"{who}: the server refuses the login", f"{who}: login ditolak server"
        raise Stop("login_refused", en, id, "check user, password or key of the source with the sender") from None


async def _connect(settings: SftpAddress, keeper: Doorkeeper, more: dict[str, Any]) -> SSHClientConnection:
    return await asyncssh.connect(
        settings.host, settings.parts.port or 22, username=settings.parts.username, known_hosts=keeper.match,
        client_factory=lambda: keeper, connect_timeout=settings.timeout_seconds, login_timeout=settings.timeout_seconds,
        keepalive_interval=settings.timeout_seconds / 3, **(ALONE | more),
    )  # fmt: skip


def _known_hosts(settings: SftpAddress) -> SSHKnownHosts | None:
    if settings.known_hosts is None:
        return None
    try:
        return asyncssh.read_known_hosts(str(settings.known_hosts))
    except (OSError, ValueError):
        en, id = f"{settings.known_hosts} is no known_hosts file", f"{settings.known_hosts} bukan berkas known_hosts"
        raise Stop("known_hosts_unreadable", en, id, "write it with ssh-keyscan, and compare the fingerprint") from None


def _secret(settings: SftpAddress) -> dict[str, Any]:
    if settings.key_file is None:
        return {"password": settings.password.reveal() if settings.password else "", "preferred_auth": PASSWORDS}
    phrase = settings.passphrase.reveal() if settings.passphrase else None
    try:
        if settings.key_file.stat().st_mode & 0o177:
            en, id = f"{settings.key_file} may be read by others", f"{settings.key_file} dapat dibaca orang lain"
            raise Stop("secret_open_to_others", en, id, "chmod 600, and replace a key that was seen")
        key = asyncssh.read_private_key(str(settings.key_file), phrase)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        en, id = f"{settings.key_file} cannot be opened", f"{settings.key_file} tidak dapat dibuka"
        raise Stop("key_file_unreadable", en, id, KEY_CURE) from None
    return {"client_keys": [key], "preferred_auth": "publickey"}
