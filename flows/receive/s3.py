"""Extracts in an object store that speaks S3: what lies below a prefix of a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from flows.receive import refusals, trust
from flows.receive.remote import Found
from flows.sources import S3Address
from warehouse.errors import Stop

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ClientConfig, S3Config, S3Credential

PIECE = 1 << 18
LONGEST_TRANSFER = timedelta(days=1)
WINS_OVER_THE_ENVIRONMENT = "aws_endpoint_url_s3"
NO_PROXY = "http://127.0.0.1:9"
OF_THE_CONTENT = re.compile(r'"?(?!0{32})[0-9a-f]{32}(-\d+)?"?')
STATUS = re.compile(r"status(?: code)?: (\d{3})")
CODE = re.compile(r"<Code>(\w+)</Code>")
WRONG_LOGINS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"}
WRONG_REGIONS = {
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
BARE_REDIRECT = "redirect without LOCATION"
PASSES = {"408", "425", "429", "500", "502", "503", "504"}


class S3Remote:
    """The objects of a bucket. An ETag is of the content, so the same tag is the same content."""

    resumes = True

    def __init__(self, address: S3Address) -> None:
        self.settings = address
        self.prefix = f"{address.prefix.strip('/')}/".lstrip("/")
        self.endpoint = address.endpoint or f"https://s3.{address.region}.amazonaws.com"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.__dict__.pop("_store", None)

    def list(self) -> list[Found]:
        """Return the objects below the prefix, in the order of their names."""
        try:
            pages = list(obstore.list(self._store, self.prefix or None))
        except (BaseError, OSError) as error:
            raise self._told(self.settings.url, error) from None
        found = (self._found(one["path"], one["size"], one["e_tag"]) for page in pages for one in page)
        return sorted(found, key=lambda one: one.name)

    def look(self, found: Found) -> Found | None:
        """Return the object as it is now, None when it is gone."""
        key = self.prefix + found.name
        try:
            now = obstore.head(self._store, key)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._told(self.address(found.name), error) from None
        return self._found(key, now["size"], now["e_tag"])

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes of the object from `offset` on. Raises Changed when it is not the one that was found."""
        options: GetOptions = {"if_match": found.tag} if found.tag else {}
        if offset:
            options["range"] = {"offset": offset}
        try:
            answer = obstore.get(self._store, self.prefix + found.name, options=options)
            if answer.meta["size"] != found.size:
                raise refusals.changed(self.address(found.name))
            yield from map(bytes, answer.stream(PIECE))
        except (BaseError, OSError) as error:
            raise self._told(self.address(found.name), error) from None

    def address(self, name: str) -> str:
        """Return the URL of an object."""
        return f"s3://{self.settings.bucket}/{self.prefix}{name}"

    @cached_property
    def _store(self) -> S3Store:
        """Return the client. It is told everything, so that nothing is taken from variables of the environment."""
        known, parts = self.settings, urlsplit(self.endpoint)
        named = parts if known.path_style else parts._replace(netloc=f"{known.bucket}.{parts.netloc}")
        config: S3Config = {
            WINS_OVER_THE_ENVIRONMENT: named.geturl(),  # type: ignore[misc]
            "region": known.region, "skip_signature": known.anonymous,
            "virtual_hosted_style_request": not known.path_style,
        }  # fmt: skip
        client: ClientConfig = {
            "allow_http": parts.scheme == "http", "timeout": LONGEST_TRANSFER, "proxy_url": NO_PROXY,
            "connect_timeout": timedelta(seconds=known.timeout_seconds), "proxy_excludes": parts.hostname or "",
            "read_timeout": timedelta(seconds=known.timeout_seconds),
        }  # fmt: skip
        if known.ca:
            trust.context(known.ca)
            client["root_certificate"] = known.ca.read_bytes()
        secrets = (known.access_key_id, known.secret_access_key, known.session_token)
        identity, secret, token = (kept.reveal() if kept else None for kept in secrets)

        def credentials() -> S3Credential:
            return {
                "access_key_id": identity or "",
                "secret_access_key": secret or "",
                "token": token,
                "expires_at": None,
            }

        return S3Store(
            known.bucket, config=config, client_options=client, retry_config={"max_retries": 0},
            credential_provider=None if known.anonymous else credentials,
        )  # fmt: skip

    def _found(self, key: str, size: int, tag: str | None) -> Found:
        return Found(key.removeprefix(self.prefix), size, tag or "", bool(OF_THE_CONTENT.fullmatch(tag or "")))

    def _told(self, where: str, error: Exception) -> Exception:
        """Return the fault behind an error of the library, whose text holds a request and is not told."""
        text = str(error)
        status, code = ((found.group(1) if found else "") for found in (STATUS.search(text), CODE.search(text)))
        if status in ("412", "416"):
            return refusals.changed(where)
        if status == "401" or code in WRONG_LOGINS:
            return refusals.login_refused(where)
        if code == "RequestTimeTooSkewed":
            told = f"{where}: the clocks differ", f"{where}: jam tidak sama"
            return Stop("clock_wrong", *told, "set the clock of this machine")
        if status in ("301", "307") or code in WRONG_REGIONS or BARE_REDIRECT in text:
            told = f"{self.settings.bucket} is in another region", f"{self.settings.bucket} ada di region lain"
            return Stop("region_wrong", *told, "declare the region and the endpoint of the bucket")
        if status == "403":
            return refusals.permission_denied(where)
        if status == "404" or isinstance(error, FileNotFoundError):
            return refusals.file_missing(f"bucket {self.settings.bucket}" if code == "NoSuchBucket" else where)
        if status in PASSES:
            return refusals.busy(where, f"{status} {code}".strip())
        if status:
            return refusals.request_refused(where, f"{status} {code}".strip())
        return self._untrusted(text) or refusals.unreachable(where, "no whole answer")

    def _untrusted(self, text: str) -> Stop | None:
        parts = urlsplit(self.endpoint)
        if "ertificate" not in text:
            return None
        found = trust.examine(parts.hostname or "", parts.port or 443, self.settings.ca, self.settings.timeout_seconds)
        return found or refusals.request_refused(self.endpoint, "certificate")
