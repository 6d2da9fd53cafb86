"""Extracts on a real web server: listed, read, taken up after a break, and what goes wrong on the way."""

from __future__ import annotations

import base64
import hashlib
from email.utils import formatdate
from pathlib import Path

import pytest

from flows.receive.https import HttpsRemote
from flows.receive.landing import Landing
from flows.receive.receiving import receive
from flows.receive.remote import Changed, Found
from flows.receive.retry import Patience
from flows.settings import Settings
from tests.servers.authority import Authority
from tests.servers.https import CONTENT, NAME, PATH, Portal
from warehouse.errors import Stop
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def whole(way: HttpsRemote) -> bytes:
    """Return what is read of the file from its beginning."""
    with way:
        return b"".join(way.read(Found(NAME, None, ""), 0))


def test_a_declared_file_is_listed_with_size_and_tag_and_read(web: Portal) -> None:
    with web.remote() as way:
        (found,) = way.list()
        assert found == Found(NAME, len(CONTENT), f'"{hashlib.md5(CONTENT).hexdigest()}"')
        assert b"".join(way.read(found, 0)) == CONTENT
    assert way.address(NAME) == web.url(PATH)


def test_a_server_that_knows_no_head_is_asked_without_reading_the_file(web: Portal) -> None:
    web.forbids = {"HEAD"}
    with web.remote() as way:
        assert [(one.name, one.size) for one in way.list()] == [(NAME, len(CONTENT))]


def test_a_declared_file_that_is_not_there_stops_when_it_is_read(web: Portal) -> None:
    with web.remote(files=("umk.csv", NAME)) as way:
        here, absent = way.list()
        assert b"".join(way.read(here, 0)) == CONTENT
        with pytest.raises(Stop, match=r"file_missing.*umk\.csv"):
            next(way.read(absent, 0))


def test_a_transfer_that_is_cut_goes_on_from_where_it_broke(web: Portal, home: Home) -> None:
    web.cuts[PATH] = 300_000
    waits: list[float] = []
    with web.remote() as way:
        (found,) = way.list()
        landed = Landing(home, "portal", way, Patience(sleep=waits.append)).bring(found)
    assert home.landed(landed.sha256).read_bytes() == CONTENT
    first, second = web.heard()
    assert "range" not in first
    assert (second["range"], second["if-range"]) == ("bytes=300000-", found.tag)
    assert len(waits) == 1


def test_a_file_that_changes_while_it_is_cut_is_read_from_its_beginning(web: Portal, home: Home) -> None:
    other = CONTENT[::-1]
    web.cuts[PATH] = 300_000
    with web.remote() as way:
        (found,) = way.list()

        def change(_: float) -> None:
            web.documents[PATH] = other

        landed = Landing(home, "portal", way, Patience(sleep=change)).bring(found)
    assert home.landed(landed.sha256).read_bytes() == other


@pytest.mark.parametrize(
    ("tags", "size", "sent"), [(True, len(CONTENT), True), (False, 10, True), (False, None, False)]
)
def test_another_content_than_the_one_found_is_a_change(web: Portal, tags: bool, size: int | None, sent: bool) -> None:
    web.tags = tags
    found = Found(NAME, size, '"of the old one"' if tags else "")
    with web.remote() as way:
        if sent:
            with pytest.raises(Changed):
                list(way.read(found, 0))
        else:
            assert b"".join(way.read(found, 0)) == CONTENT


def test_what_no_tag_proves_is_not_put_together_from_two_answers(web: Portal, home: Home) -> None:
    web.tags = False
    web.cuts[PATH] = 300_000
    with web.remote() as way:
        (found,) = way.list()
        with pytest.raises(Changed, match="resume_unproved"):
            next(way.read(Found(NAME, len(CONTENT), 'W/"a"'), 1_000))
        landed = Landing(home, "portal", way, Patience(sleep=lambda _: None)).bring(found)
    assert home.landed(landed.sha256).read_bytes() == CONTENT
    assert not any("range" in headers for headers in web.heard())


def test_a_second_look_asks_by_the_tag_and_sees_a_change(web: Portal) -> None:
    with web.remote() as way:
        (found,) = way.list()
        assert way.look(found) == found
        assert web.heard("HEAD")[-1]["if-none-match"] == found.tag
        web.documents[PATH] = b"other"
        assert way.look(found) == Found(NAME, 5, f'"{hashlib.md5(b"other").hexdigest()}"')
        del web.documents[PATH]
        assert way.look(found) is None


def test_only_a_digest_says_that_a_tag_is_of_the_content(web: Portal) -> None:
    digest = hashlib.sha256(CONTENT)
    web.headers[PATH] = {"Repr-Digest": f"md5=:AAAA:, sha-256=:{base64.b64encode(digest.digest()).decode()}:"}
    with web.remote() as way:
        (found,) = way.list()
    assert (found.strong, found.sha256) == (True, digest.hexdigest())


@pytest.mark.parametrize("digest", ["sha-256=:no:", "sha-256=", "xsha-256=:" + "A" * 43 + "=:", "sha-512=:AAAA:"])
def test_a_digest_that_is_none_is_not_believed(web: Portal, digest: str) -> None:
    web.headers[PATH] = {"Repr-Digest": digest}
    with web.remote() as way:
        assert [(one.strong, one.sha256) for one in way.list()] == [(False, "")]


def test_a_server_that_tells_no_size_beforehand_is_read(web: Portal) -> None:
    web.answers[PATH] = [(200, {"Content-Length": "0"})]
    web.tags = False
    with web.remote() as way:
        (found,) = way.list()
        assert found.size is None
        assert b"".join(way.read(found, 0)) == CONTENT


def test_an_answer_whose_end_cannot_be_seen_is_refused(web: Portal) -> None:
    web.headers[PATH] = {"Content-Length": "", "Connection": "close"}
    with pytest.raises(Stop, match=r"request_refused.*Content-Length"):
        whole(web.remote())


def test_a_content_that_came_before_is_not_brought_again_where_a_digest_proves_it(
    web: Portal, authority: Authority, home: Home
) -> None:
    web.headers[PATH] = {"Repr-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()}:"}
    source = {"url": web.url("/data/"), "files": [NAME], "ca": str(authority.pem), "glob": "*.csv", "kind": "iuran"}
    settings = Settings.model_validate({"sources": {"portal": source}})
    assert receive(home, None, settings, "first").arrived == [f"portal/{NAME}"]
    assert receive(home, None, settings, "second").arrived == []
    assert len(web.heard()) == 1


def test_503_is_tried_again_after_the_time_the_server_asks_for(web: Portal, home: Home) -> None:
    waits: list[float] = []
    with web.remote() as way:
        (found,) = way.list()
        web.answers[PATH] = [(503, {"Retry-After": "17"}), (429, {"Retry-After": formatdate(usegmt=True)})]
        Landing(home, "portal", way, Patience(sleep=waits.append)).bring(found)
    assert waits[0] == 17
    assert len(waits) == 2


def test_a_server_that_stays_busy_is_left_alone_after_the_bound(web: Portal, home: Home) -> None:
    with web.remote() as way:
        (found,) = way.list()
        web.answers[PATH] = [(503, {})] * 10
        with pytest.raises(Stop, match=r"server_busy.*503"):
            Landing(home, "portal", way, Patience(retries=2, sleep=lambda _: None)).bring(found)
    assert len(web.heard()) == 3


@pytest.mark.parametrize(
    ("status", "rule"),
    [(401, "login_refused"), (403, "permission_denied"), (410, "file_missing"), (418, "request_refused")],
)
def test_what_cannot_pass_is_tried_once(web: Portal, home: Home, status: int, rule: str) -> None:
    with web.remote() as way:
        (found,) = way.list()
        web.answers[PATH] = [(status, {})] * 3
        with pytest.raises(Stop, match=rule):
            Landing(home, "portal", way, Patience(sleep=lambda _: None)).bring(found)
    assert len(web.heard()) == 1
