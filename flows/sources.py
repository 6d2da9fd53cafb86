"""The settings of a source with a url: where its extracts lie, how it is trusted, how it trusts us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from flows.secret import CURE, Secret
from flows.servers import LOOPBACK, Place, PostgresqlServer, Server, split

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class Address(Server):
    """Where extracts lie: what every source with a url has.

    `largest_bytes` is the most that a file may have; `trust_mtime` takes a file of the same name, size and time as before
    for the same without reading it.
    """

    largest_bytes: int = Field(default=100_000_000_000, ge=1)
    trust_mtime: bool = False


class FileAddress(Address):
    """A folder of this machine: `file:///srv/extracts`."""

    needs = (("path", "folder"),)

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if self.parts.netloc:
            yield "a file url names no host: write file:///folder"


class SftpAddress(Address):
    """A folder of an SFTP server: `sftp://user@host:22/folder`. The server must show one of the keys that are expected."""

    needs = (("hostname", "host"), ("username", "user"))

    host_key: tuple[str, ...] = ()
    known_hosts: Place | None = None
    password: Secret | None = None
    key_file: Place | None = None
    passphrase: Secret | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_key_is_a_list_of_one(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("host_key"), str):
            return {**data, "host_key": (data["host_key"],)}
        return data

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if bool(self.host_key) is bool(self.known_hosts):
            yield 'declare the key of the server: host_key = "SHA256:..." or known_hosts = "FILE"'
        if any(not FINGERPRINT.fullmatch(one) for one in self.host_key):
            yield 'host_key is "SHA256:" and 43 characters, as ssh-keygen -lf FILE shows it'
        if (self.password is None) is (self.key_file is None):
            yield f'log in one way: password = {CURE}, or key_file = "FILE"'
        if self.passphrase and not self.key_file:
            yield "passphrase opens a key_file, and none is declared"


class S3Address(Address):
    """A bucket, or what begins with a prefix in it: `s3://bucket/prefix/`."""

    needs = (("netloc", "bucket"),)

    endpoint: str = ""
    region: str = "ap-southeast-3"
    path_style: bool = False
    access_key_id: Secret | None = None
    secret_access_key: Secret | None = None
    session_token: Secret | None = None
    anonymous: bool = False
    ca: Place | None = None

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if (self.access_key_id is None) is not (self.secret_access_key is None):
            yield "access_key_id and secret_access_key go together"
        if self.anonymous is (self.access_key_id is not None):
            yield f"declare access_key_id and secret_access_key = {CURE}, or anonymous = true for an open bucket"
        endpoint = split(self.endpoint)
        if self.endpoint and not (endpoint and (endpoint.scheme == "https" or endpoint.hostname in LOOPBACK)):
            yield "endpoint is an https url"

    @property
    def bucket(self) -> str:
        """Return the bucket."""
        return self.parts.netloc

    @property
    def prefix(self) -> str:
        """Return what the names of the objects begin with."""
        return self.path.lstrip("/")


class HttpsAddress(Address):
    """Files of a web server: those listed in `files`, or those an index at the url links to."""

    needs = (("hostname", "host"),)

    files: tuple[str, ...] = ()
    index: Literal["", "json", "html"] = ""
    ca: Place | None = None
    user: str = ""
    password: Secret | None = None
    bearer: Secret | None = None
    headers: dict[str, Secret] = Field(default_factory=dict)
    proxy: str = ""

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if bool(self.files) is bool(self.index):
            yield 'say which files: files = ["a.csv"], or index = "json" or "html" when the url lists them'
        if bool(self.user) is not bool(self.password):
            yield "user and password go together"
        if self.user and self.bearer:
            yield "log in one way: user and password, or bearer"
        if self.proxy and "@" in self.proxy:
            yield "proxy holds a user: only proxies without one are spoken to"


class PostgresqlAddress(Address, PostgresqlServer):
    """A table or a query of a database; it comes as a Parquet file called `name`."""

    needs = PostgresqlServer.needs

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    table: str = ""
    query: str = ""
    order_by: tuple[str, ...] = ()

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if bool(self.table) is bool(self.query):
            yield "declare table or query, one of them"


ADDRESSES: dict[str, type[Address]] = {
    "file": FileAddress,
    "sftp": SftpAddress,
    "s3": S3Address,
    "https": HttpsAddress,
    "postgresql": PostgresqlAddress,
}
REFUSED = {
    "http": "http is not encrypted: write https",
    "ftp": "ftp is not encrypted: use sftp or https",
    "ftps": "ftps is not spoken: use sftp or https",
    "postgres": "write postgresql://",
}


def scheme_of(data: Any) -> str:
    """Return what the url of a source begins with, empty without one."""
    url = data.url if isinstance(data, Address) else data.get("url") if isinstance(data, dict) else None
    return url.partition(":")[0].lower() if isinstance(url, str) else ""


def require_scheme(data: dict[str, Any]) -> None:
    """Raise ValueError unless the url of a source is of a scheme that we speak."""
    scheme = scheme_of(data)
    if scheme not in ADDRESSES:
        raise ValueError(REFUSED.get(scheme, f"url begins with one of {', '.join(f'{one}://' for one in ADDRESSES)}"))


AnyAddress = Annotated[
    Annotated[FileAddress, Tag("file")]
    | Annotated[SftpAddress, Tag("sftp")]
    | Annotated[S3Address, Tag("s3")]
    | Annotated[HttpsAddress, Tag("https")]
    | Annotated[PostgresqlAddress, Tag("postgresql")],
    Discriminator(scheme_of),
]
