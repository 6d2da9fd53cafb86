"""An index of a web server: which files lie below it. Links elsewhere are no files of the source."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from warehouse.errors import Stop

MOST_PAGES = 1_000
MOST_BYTES = 16 << 20
Page = Callable[[str, int], tuple[bytes, str]]


def names_below(url: str, base: str, form: str, page: Page) -> set[str]:
    """Return the names, relative to `base`, of the files that the index at `url` and the folders it lists lead to.

    `form` is json or html; `page` fetches a document of at most so many bytes and tells its encoding. Raises Stop when
    a JSON index is none or names a file that is not below `base`, and after too many folders.
    """
    names: set[str] = set()
    coming, seen = [url], {url}
    while coming:
        at = coming.pop()
        for link in _links(at, form, page):
            folder = joined(at, link)
            below = _below(base, folder)
            if below is None and form == "json":
                raise _elsewhere(link, base)
            if not below:
                continue
            if not below.endswith("/"):
                names.add(below)
            elif folder not in seen:
                seen.add(folder)
                coming.append(folder)
        if len(seen) > MOST_PAGES:
            told = f"{url} lists more than {MOST_PAGES} folders", f"{url} memuat lebih dari {MOST_PAGES} folder"
            raise Stop("index_endless", *told, "write the url of the folder that holds the extracts")
    return names


def require_below(base: str, link: str) -> str:
    """Return the name, relative to `base`, of a declared file. Raises Stop when it does not lie below."""
    name = _below(base, joined(base, link))
    if not name or name.endswith("/"):
        raise _elsewhere(link, base)
    return name


def joined(url: str, link: str) -> str:
    """Return where a link on a page leads, with its path escaped in one way; empty for what is no link."""
    try:
        parts = urlsplit(urljoin(url, link))
    except ValueError:
        return ""
    return parts._replace(path=quote(unquote(parts.path)) or "/", fragment="").geturl()


def _below(base: str, link: str) -> str | None:
    """Return the name of a link, empty for the base itself, None when it leads elsewhere or into nowhere safe."""
    if urlsplit(link).query or not link.startswith(base):
        return None
    name = unquote(link.removeprefix(base))
    steps = name.removesuffix("/").split("/")
    unsafe = not name.isprintable() or "\\" in name or any(step in ("", ".", "..") for step in steps)
    return None if name and unsafe else name


def _links(url: str, form: str, page: Page) -> list[str]:
    content, encoding = page(url, MOST_BYTES)
    if form == "html":
        reader = _Anchors()
        reader.feed(content.decode(encoding, errors="replace"))
        return reader.links
    try:
        entries = json.loads(content)
        if isinstance(entries, list):
            return [_entry(one) for one in entries]
    except (ValueError, TypeError, KeyError):
        pass
    told = f"{url} is not a JSON list of names or urls", f"{url} bukan daftar JSON"
    raise Stop("index_unreadable", *told, 'list "a.csv" or {"name": "a.csv"}, or declare index = "html"')


def _entry(one: Any) -> str:
    if isinstance(one, str):
        return one
    link = str(one["url"]) if "url" in one else quote(one["name"])
    return link.rstrip("/") + "/" if one.get("type") == "directory" else link


class _Anchors(HTMLParser):
    """Gathers where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


def _elsewhere(link: str, base: str) -> Stop:
    told = f"{link} is no file below {base}", f"{link} bukan berkas di bawah {base}"
    return Stop("file_elsewhere", *told, "declare a source of its own for it, or a url above both")
