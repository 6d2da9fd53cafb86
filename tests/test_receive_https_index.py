"""Which files lie on a web server: those that are declared, and those that an index leads to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.servers.https import CONTENT, NAME, Portal
from warehouse.errors import Stop


@pytest.mark.parametrize(
    "link", ["https://example.org/a.csv", "/elsewhere/a.csv", "../a.csv", "%2e%2e/a.csv", "a.csv?x=1"]
)
def test_a_declared_file_that_is_not_below_the_url_is_refused(web: Portal, link: str) -> None:
    with web.remote(files=(link,)) as way, pytest.raises(Stop, match="file_elsewhere"):
        way.list()
    assert not web.asked


def test_an_html_index_leads_to_the_files_below_it_and_nowhere_else(web: Portal) -> None:
    web.documents["/data/"] = b"""<a href="../">up</a> <a href="?C=N;O=D">sort</a> <A HREF=2025/>2025</a>
        <a href="umk.csv#top">a</a> <a href="/data/umk.csv">again</a> <a href="https://example.org/b.csv">b</a>
        <a href="http://[">broken</a> <a href="/elsewhere.csv">c</a> <a name="x">d</a> <a href="a%2f..%2fb.csv">e</a>"""
    web.documents["/data/2025/"] = b'<a href="../">up</a> <a href="iuran%2003.csv">i</a> <a href="./">self</a>'
    web.documents["/data/umk.csv"] = b"kode"
    with web.remote(index="html") as way:
        found = way.list()
        assert [(one.name, one.size) for one in found] == [(NAME, len(CONTENT)), ("umk.csv", 4)]
        assert b"".join(way.read(found[0], 0)) == CONTENT


@pytest.mark.parametrize(
    "listed",
    [
        ["2025/iuran%2003.csv", "umk.csv"],
        [{"url": "/data/2025/iuran%2003.csv"}, {"url": "umk.csv", "size": 4}],
        [{"name": "2025", "type": "directory"}, {"name": "umk.csv", "type": "file"}],
    ],
)
def test_a_json_index_lists_names_urls_or_folders(web: Portal, listed: list[Any]) -> None:
    web.documents["/data/daftar.json"] = json.dumps(listed).encode()
    web.documents["/data/2025/"] = json.dumps([{"name": "iuran 03.csv", "type": "file"}]).encode()
    web.documents["/data/umk.csv"] = b"kode"
    with web.remote("/data/daftar.json", index="json") as way:
        assert [one.name for one in way.list()] == [NAME, "umk.csv"]


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (b"<html>", "index_unreadable"), (b'{"a": 1}', "index_unreadable"), (b"7", "index_unreadable"),
        (b"[7]", "index_unreadable"), (b'[{"id": 7}]', "index_unreadable"), (b"\xff", "index_unreadable"),
        (b'["https://example.org/a.csv"]', "file_elsewhere"), (b'["../../a.csv"]', "file_elsewhere"),
        (b'[{"name": "../a.csv"}]', "file_elsewhere"), (b" " * (17 << 20), "request_refused.*larger"),
    ],
)  # fmt: skip
def test_an_index_that_is_none_or_leads_elsewhere_is_refused(web: Portal, document: bytes, rule: str) -> None:
    web.documents["/data/"] = document
    with web.remote(index="json") as way, pytest.raises(Stop, match=rule):
        way.list()


def test_an_index_of_folders_without_end_is_left(web: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.receive.web_index.MOST_PAGES", 5)
    for depth in range(10):
        web.documents["/data/" + "a/" * depth] = b'<a href="a/">deeper</a>'
    with web.remote(index="html") as way, pytest.raises(Stop, match="index_endless"):
        way.list()
    assert len(web.asked) < 10
