"""Extracts on a web server: files that are named, or that an index links to, over TLS and from one host only."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import httpx

from flows.receive import refusals, trust
from flows.receive.remote import Found
from flows.receive.web_index import joined, names_below, require_below
from flows.sources import HttpsAddress
from warehouse.errors import Stop

PIECE = 1 << 20
SHA256 = re.compile(r"(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):")
MOST_REDIRECTS = 5
PASSES = frozenset({408, 425, 429, 500, 502, 503, 504})
NO_HEAD = frozenset({405, 501})
GONE = frozenset({404, 410})


class HttpsRemote:
    """The files of a web server."""

    resumes = True

    def __init__(self, address: HttpsAddress) -> None:
        self.settings = address
        folder = address.url if address.index else address.url.rstrip("/") + "/"
        self.base = joined(folder, ".")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    def list(self) -> list[Found]:
        """Return the files, in the order of their names; one that is not there has no tag, and reading it stops."""
        if self.settings.index:
            names = names_below(self.settings.url, self.base, self.settings.index, self._page)
        else:
            names = {require_below(self.base, one) for one in self.settings.files}
        return [self._head(name) or Found(name, None, "") for name in sorted(names)]

    def look(self, found: Found) -> Found | None:
        """Return the file as it is now, None when it is gone; a server that knows tags is asked by the tag."""
        return self._head(found.name, found)

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes of the file from `offset` on. Raises Changed when the server has other content by now."""
        where = self.address(found.name)
        if offset and not _proves(found.tag):
            raise refusals.unproved(where)
        asked = {"Range": f"bytes={offset}-", "If-Range": found.tag} if offset else {}
        with self._ask("GET", where, asked) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE or _is_another(answer, found, offset):
                raise refusals.changed(where)
            _require(answer, where)
            _require_a_visible_end(answer, where)
            yield from answer.iter_raw()

    def address(self, name: str) -> str:
        """Return the URL of a file."""
        return self.base + quote(name)

    @cached_property
    def _client(self) -> httpx.Client:
        known = self.settings
        secrets = {name: kept.reveal() for name, kept in known.headers.items()}
        if known.bearer:
            secrets["Authorization"] = f"Bearer {known.bearer.reveal()}"
        for name, secret in secrets.items():
            if not (secret.isascii() and secret.isprintable()):
                told = f"{name}: not printable ASCII", f"{name}: bukan ASCII"
                raise Stop("secret_unusable", *told, "keep the secret as it was given, on one line")
        return httpx.Client(
            headers={"Accept-Encoding": "identity", "User-Agent": "cakupan", **secrets},
            auth=(known.user, known.password.reveal()) if known.password else None,
            verify=trust.context(known.ca), proxy=known.proxy or None, trust_env=False,
            timeout=known.timeout_seconds, follow_redirects=False,
        )  # fmt: skip

    @contextmanager
    def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Yield the answer to a request, followed to where the same host redirects it."""
        try:
            for _ in range(MOST_REDIRECTS):
                with self._client.stream(method, url, headers=headers) as answer:
                    if not answer.has_redirect_location:
                        yield answer
                        return
                    url = _on_the_same_host(url, answer.headers["Location"])
        except httpx.RequestError as error:
            raise _told(url, error) from None
        raise refusals.request_refused(url, f"{MOST_REDIRECTS} redirects")

    def _head(self, name: str, known: Found | None = None) -> Found | None:
        url = self.address(name)
        asked = {"If-None-Match": known.tag} if known and known.tag.startswith('"') else {}
        for method in ("HEAD", "GET"):
            with self._ask(method, url, asked) as answer:
                if method == "HEAD" and answer.status_code in NO_HEAD:
                    continue
                if known and answer.status_code == httpx.codes.NOT_MODIFIED:
                    return known
                if answer.status_code in GONE:
                    return None
                _require(answer, url)
                return _found(name, answer)
        return None

    def _page(self, url: str, most_bytes: int) -> tuple[bytes, str]:
        with self._ask("GET", url, {}) as answer:
            _require(answer, url)
            text = bytearray()
            for piece in answer.iter_bytes(PIECE):
                text += piece
                if len(text) > most_bytes:
                    raise refusals.request_refused(url, f"the index is larger than {most_bytes} bytes")
            return bytes(text), answer.encoding or "utf-8"


def _found(name: str, answer: httpx.Response) -> Found:
    """Return what the headers say of a file. No bytes are an unknown size: some servers say so to every HEAD."""
    headers = answer.headers
    etag, size = headers.get("ETag", ""), headers.get("Content-Length", "")
    tag = etag if _proves(etag) else headers.get("Last-Modified", etag)
    sha256 = _sha256(headers.get("Repr-Digest", ""))
    return Found(name, int(size) or None if size.isdecimal() else None, tag, bool(sha256), sha256)


def _sha256(digest: str) -> str:
    """Return the SHA-256 of a Repr-Digest field (RFC 9530) in hexadecimal, empty when it has none."""
    found = SHA256.search(digest)
    return base64.b64decode(found.group(1)).hex() if found else ""


def _proves(tag: str) -> bool:
    """Return whether a server can promise by this tag that the rest belongs to the beginning."""
    return bool(tag) and not tag.startswith("W/")


def _is_another(answer: httpx.Response, found: Found, offset: int) -> bool:
    if answer.status_code == httpx.codes.PARTIAL_CONTENT:
        span, _, total = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        return not span.startswith(f"{offset}-") or (found.size is not None and total not in ("*", str(found.size)))
    if answer.status_code != httpx.codes.OK:
        return False
    now = _found(found.name, answer)
    return offset > 0 or (bool(found.tag) and now.tag != found.tag) or found.size not in (None, now.size)


def _on_the_same_host(url: str, location: str) -> str:
    there, here = urlsplit(joined(url, location)), urlsplit(url)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        told = f"{url} redirects to {there.netloc}", f"{url} dialihkan ke {there.netloc}"
        raise Stop("redirected_elsewhere", *told, "write the url at which the files really lie")
    return there.geturl()


def _require(answer: httpx.Response, where: str) -> None:
    """Raise what a person must mend, or Passing, unless the answer is the document or a part of it."""
    status = answer.status_code
    if status in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        return
    if status == httpx.codes.UNAUTHORIZED:
        raise refusals.login_refused(where)
    if status == httpx.codes.FORBIDDEN:
        raise refusals.permission_denied(where)
    if status in GONE:
        raise refusals.file_missing(where)
    if status in PASSES:
        raise refusals.busy(where, str(status), _seconds(answer.headers.get("Retry-After", "")))
    raise refusals.request_refused(where, str(status))


def _require_a_visible_end(answer: httpx.Response, where: str) -> None:
    """Raise Stop for an answer whose end looks like a break, so that a part could be taken for the whole."""
    if "Content-Length" not in answer.headers and "chunked" not in answer.headers.get("Transfer-Encoding", ""):
        raise refusals.request_refused(where, "it says neither Content-Length nor chunked")


def _seconds(retry_after: str) -> float:
    """Return how long a Retry-After asks to wait, which is in seconds or a date; 0 when it cannot be read."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _told(url: str, error: httpx.RequestError) -> Exception:
    """Return the fault behind a broken transport. Its text may hold a header, so only its kind is told."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return trust.refused(urlsplit(url).netloc, cause)
        if isinstance(cause, OSError) and cause.strerror:
            return refusals.unreachable(url, cause.strerror)
        cause = cause.__cause__ or cause.__context__
    return refusals.unreachable(url, type(error).__name__)
