"""The settings of a source with a url: where its extracts lie, how it is trusted, how it trusts us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)

from flows.secret import CURE, Secret

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
SECRET_WORDS = re.compile(
    r"token|secret|passw|signature|credential|api[-_]?key|access[-_]?key|^(key|sig|pwd|auth)$", re.I
)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _beside_the_settings(path: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", "")) / path


Place = Annotated[Path, AfterValidator(_beside_the_settings)]


class Address(BaseModel):
    """Where extracts lie and how patient we are: what every source with a url has.

    `largest_bytes` is the most that a file may have; `trust_mtime` takes a file of the same name, size and time as before
    for the same without reading it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    needs: ClassVar[tuple[tuple[str, str], ...]] = ()

    url: str
    retries: int = Field(default=4, ge=0, le=20)
    timeout_seconds: float = Field(default=60, gt=0, le=3600)
    largest_bytes: int = Field(default=100_000_000_000, ge=1)
    trust_mtime: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if wrong := list(self.complaints()):
            raise ValueError("; ".join(wrong))
        return self

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together, each with its cure."""
        parts = _split(self.url)
        if parts is None:
            yield "url cannot be read: an [IPv6] host or a port from 1 to 65535 is malformed"
            return
        if parts.password is not None:
            yield f"url holds a password: leave it out and write password = {CURE}"
        if parts.fragment:
            yield "url holds a # part: leave it out"
        if parts.username and ("username", "user") not in self.needs:
            yield "url names a user: leave it out"
        if any(SECRET_WORDS.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
            yield f"url holds a parameter that looks like a secret: say where it is kept, {CURE}"
        yield from (f"url names no {told}" for part, told in self.needs if not (getattr(parts, part) or "").strip("/"))

    @property
    def parts(self) -> SplitResult:
        """Return the parts of the url."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """Return the host of the url."""
        return self.parts.hostname or ""

    @property
    def path(self) -> str:
        """Return the path of the url with its escapes read, as the remote knows it."""
        return unquote(self.parts.path)


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
        endpoint = _split(self.endpoint)
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


class PostgresqlAddress(Address):
    """A table or a query of a database: `postgresql://user@host:5432/database`; it comes as a Parquet file called `name`."""

    needs = (("hostname", "host"), ("username", "user"), ("path", "database"))

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    table: str = ""
    query: str = ""
    order_by: tuple[str, ...] = ()
    password: Secret | None = None
    sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = "verify-full"
    ca: Place | None = None
    statement_timeout_seconds: int = Field(default=3600, ge=1)

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if bool(self.table) is bool(self.query):
            yield "declare table or query, one of them"
        if self.sslmode == "disable" and self.host not in LOOPBACK:
            yield 'sslmode = "disable" sends the password in the clear: only for this machine'


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


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


AnyAddress = Annotated[
    Annotated[FileAddress, Tag("file")]
    | Annotated[SftpAddress, Tag("sftp")]
    | Annotated[S3Address, Tag("s3")]
    | Annotated[HttpsAddress, Tag("https")]
    | Annotated[PostgresqlAddress, Tag("postgresql")],
    Discriminator(scheme_of),
]
