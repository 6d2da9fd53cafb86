"""Servers that we log in to: their url, how long we wait, where secrets are kept; and the database we publish to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from flows.secret import CURE, Secret

SECRET_WORDS = re.compile(
    r"token|secret|passw|signature|credential|api[-_]?key|access[-_]?key|^(key|sig|pwd|auth)$", re.I
)
SQL_NAME = r"^[a-z][a-z0-9_]{0,39}$"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def split(url: str) -> SplitResult | None:
    """Return the parts of a url, None when it cannot be read."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _beside_the_settings(path: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", "")) / path


Place = Annotated[Path, AfterValidator(_beside_the_settings)]


class Server(BaseModel):
    """Where a server is and how patient we are with it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    needs: ClassVar[tuple[tuple[str, str], ...]] = ()

    url: str
    retries: int = Field(default=4, ge=0, le=20)
    timeout_seconds: float = Field(default=60, gt=0, le=3600)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if wrong := list(self.complaints()):
            raise ValueError("; ".join(wrong))
        return self

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together, each with its cure."""
        parts = split(self.url)
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


class PostgresqlServer(Server):
    """A database, and how we log in to it: `postgresql://user@host:5432/database`."""

    needs = (("hostname", "host"), ("username", "user"), ("path", "database"))

    password: Secret | None = None
    sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = "verify-full"
    ca: Place | None = None
    statement_timeout_seconds: int = Field(default=3600, ge=1)

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if self.sslmode == "disable" and self.host not in LOOPBACK:
            yield 'sslmode = "disable" sends the password in the clear: only for this machine'

    @property
    def where(self) -> str:
        """Return which database it is, for messages."""
        return f"{self.host}:{self.parts.port or 5432}{self.path}"


class PostgresqlTarget(PostgresqlServer):
    """The database that the published copy goes to: its schema there, and who may read it.

    `roles`: none grants nothing, reader lets the role `reader` read, provinces also one role per province. The swap
    waits `wait_seconds` at most for a moment in which nobody reads.
    """

    schema_name: str = Field(default="mart", pattern=SQL_NAME)
    roles: Literal["none", "reader", "provinces"] = "provinces"
    reader: str = Field(default="cakupan_reader", pattern=SQL_NAME)
    wait_seconds: int = Field(default=600, ge=0, le=86_400)

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the keys together."""
        yield from super().complaints()
        if self.parts.scheme != "postgresql":
            yield "url begins with postgresql://"
        if self.parts.query:
            yield "url holds a ? part: leave it out"
