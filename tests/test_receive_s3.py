"""Extracts in a real S3 API server, and everything that goes wrong with one."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.receive.landing import Landing
from flows.receive.receiving import receive
from flows.receive.remote import Changed, Found, Passing
from flows.receive.retry import Patience
from flows.receive.s3 import S3Remote
from flows.settings import Settings
from flows.sources import S3Address
from tests.servers.authority import Authority
from tests.servers.loopback import free_port
from tests.servers.relay import Fault, relay
from tests.servers.s3 import ObjectStore, object_store
from warehouse.errors import Stop
from warehouse.home import Home

CONTENT = bytes(range(256)) * 12_000
KEY = "setoran/jambi/2025/iuran 03.csv"
ASKED = b"GET /setoran/jambi/2025/iuran%2003.csv"
BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """Yield an object store for this module."""
    with object_store(tmp_path_factory.mktemp("s3")) as made:
        made.put("setoran", b"")
        yield made


@pytest.fixture
def store(running: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Return the object store with one object below jambi/ and one beside, and no faults."""
    running.line.forget()
    running.put("setoran/jambi-lain/umk.csv", b"other")
    running.put(KEY.replace(" ", "%20"), CONTENT)
    monkeypatch.setenv("KUNCI", "AKIAUJI")
    monkeypatch.setenv("RAHASIA", "rahasia-1503")
    return running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def remote(store: ObjectStore, **keys: Any) -> S3Remote:
    """Return the way to the objects below jambi/, unless other keys say which."""
    login = {"access_key_id": {"env": "KUNCI"}, "secret_access_key": {"env": "RAHASIA"}}
    known = {"url": "s3://setoran/jambi", "endpoint": store.endpoint, "region": "us-east-1", "path_style": True}
    return S3Remote(S3Address(**{**known, **({} if keys.get("anonymous") else login), **keys}))


def only(way: S3Remote) -> Found:
    """Return the one object there is."""
    (found,) = way.list()
    return found


def test_what_lies_below_the_prefix_is_listed_with_size_and_strong_tag_and_read(store: ObjectStore) -> None:
    with remote(store) as way:
        found = only(way)
        assert found == Found("2025/iuran 03.csv", len(CONTENT), f'"{hashlib.md5(CONTENT).hexdigest()}"', strong=True)
        assert b"".join(way.read(found, 0)) == CONTENT
    assert way.address(found.name) == "s3://setoran/jambi/2025/iuran 03.csv"


def test_a_bucket_without_a_prefix_offers_everything(store: ObjectStore) -> None:
    with remote(store, url="s3://setoran") as way:
        assert [one.name for one in way.list()] == ["jambi-lain/umk.csv", "jambi/2025/iuran 03.csv"]


def test_a_bucket_is_named_in_the_host_unless_path_style_is_declared(store: ObjectStore) -> None:
    known = dict(remote(store, path_style=False, endpoint="https://s3.example.org:9000", region="x")._store.config)
    assert known["endpoint_url_s3"] == "https://setoran.s3.example.org:9000"
    assert known["virtual_hosted_style_request"] == "true"
    known = dict(remote(store, path_style=False, endpoint="", region="ap-southeast-3")._store.config)
    assert known["endpoint_url_s3"] == "https://setoran.s3.ap-southeast-3.amazonaws.com"


def test_a_transfer_that_is_cut_goes_on_from_where_it_broke(store: ObjectStore, home: Home) -> None:
    store.line.faults = [Fault(ASKED, after=2_000_000)]
    waits: list[float] = []
    with remote(store) as way:
        found = only(way)
        landed = Landing(home, "s3", way, Patience(sleep=waits.append)).bring(found)
    assert home.landed(landed.sha256).read_bytes() == CONTENT
    first, second = store.line.asked(ASKED)
    assert b"range:" not in first
    assert f"if-match: {found.tag}".encode() in second
    offset = int(second.partition(b"range: bytes=")[2].partition(b"-")[0])
    assert 1_500_000 < offset <= 2_000_000
    assert len(waits) == 1


def test_an_object_that_changes_while_it_is_cut_is_read_from_its_beginning(store: ObjectStore, home: Home) -> None:
    other = CONTENT[::-1]
    store.line.faults = [Fault(ASKED, after=2_000_000)]
    with remote(store) as way:

        def change(_: float) -> None:
            store.put(KEY.replace(" ", "%20"), other)

        landed = Landing(home, "s3", way, Patience(sleep=change)).bring(only(way))
    assert home.landed(landed.sha256).read_bytes() == other


def test_an_object_that_came_before_is_not_brought_again(store: ObjectStore, home: Home) -> None:
    source = {"url": "s3://setoran/jambi", "endpoint": store.endpoint, "region": "us-east-1", "path_style": True,
              "access_key_id": {"env": "KUNCI"}, "secret_access_key": {"env": "RAHASIA"}, "glob": "*.csv", "kind": "iuran"}  # fmt: skip
    settings = Settings.model_validate({"sources": {"gudang": source}})
    assert receive(home, None, settings, "first").arrived == ["gudang/2025/iuran 03.csv"]
    assert receive(home, None, settings, "second").arrived == []
    assert len(store.line.asked(ASKED)) == 1
    store.put(KEY.replace(" ", "%20"), CONTENT[::-1])
    assert receive(home, None, settings, "third").arrived == ["gudang/2025/iuran 03.csv"]


def test_another_object_than_the_one_found_is_a_change(store: ObjectStore) -> None:
    with remote(store) as way:
        found = only(way)
        store.put(KEY.replace(" ", "%20"), CONTENT[:-1])
        for one, offset in ((found, 0), (found, 1_000), (Found(found.name, len(CONTENT), ""), 0)):
            with pytest.raises(Changed):
                next(way.read(one, offset))
        now = way.look(found)
        assert now is not None and now.tag != found.tag


def test_an_object_that_vanished_is_gone(store: ObjectStore) -> None:
    with remote(store) as way:
        found = only(way)
        store.remove(KEY.replace(" ", "%20"))
        assert way.look(found) is None
        with pytest.raises(Stop, match=r"file_missing.*iuran 03\.csv"):
            next(way.read(found, 0))


def test_503_is_tried_again_and_a_store_that_stays_busy_is_left_alone(store: ObjectStore, home: Home) -> None:
    with remote(store) as way:
        found = only(way)
        store.line.faults = [Fault(ASKED, answer=BUSY)]
        patience = Patience(retries=2, sleep=lambda _: None)
        Landing(home, "s3", way, patience).bring(found)
        store.line.forget()
        store.line.faults = [Fault(ASKED, answer=BUSY)] * 10
        home.landed(hashlib.sha256(CONTENT).hexdigest()).unlink()
        with pytest.raises(Stop, match=r"server_busy.*503"):
            Landing(home, "s3", way, patience).bring(found)
    assert len(store.line.asked(ASKED)) == 3


def test_a_login_that_is_refused_is_tried_once_and_not_told(store: ObjectStore) -> None:
    with store.guarded(), remote(store) as way, pytest.raises(Stop, match="login_refused") as refusal:
        way.list()
    assert "1503" not in str(refusal.value) and "AKIAUJI" not in str(refusal.value)
    assert len(store.line.heard) == 1


def test_a_user_without_the_right_is_told_so(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    identity, secret = store.user_without_rights("jambi")
    monkeypatch.setenv("KUNCI", identity)
    monkeypatch.setenv("RAHASIA", secret)
    with store.guarded(), remote(store) as way:
        with pytest.raises(Stop, match=r"permission_denied.*s3://setoran/jambi"):
            way.list()
        with pytest.raises(Stop, match="permission_denied"):
            next(way.read(Found("2025/iuran 03.csv", len(CONTENT), ""), 0))
        monkeypatch.setenv("RAHASIA", "salah")
        with remote(store) as wrong, pytest.raises(Stop, match="login_refused"):
            wrong.list()


def test_an_open_bucket_is_read_without_a_signature(store: ObjectStore) -> None:
    with remote(store, anonymous=True) as way:
        assert len(way.list()) == 1
    assert b"authorization" not in store.line.heard[0].lower()


def test_a_bucket_that_does_not_exist_is_named(store: ObjectStore) -> None:
    with remote(store, url="s3://tiada/jambi") as way, pytest.raises(Stop, match=r"file_missing.*bucket tiada"):
        way.list()


@pytest.mark.parametrize(
    ("status", "code", "rule"),
    [
        ("301 Moved", "PermanentRedirect", "region_wrong"),
        ("400 Bad Request", "AuthorizationHeaderMalformed", "region_wrong"),
        ("400 Bad Request", "ExpiredToken", "login_refused"),
        ("403 Forbidden", "RequestTimeTooSkewed", "clock_wrong"),
        ("418 Teapot", "Teapot", "request_refused.*418 Teapot"),
    ],
)
def test_what_cannot_pass_is_a_stop_with_its_cure(store: ObjectStore, status: str, code: str, rule: str) -> None:
    body = f"<Error><Code>{code}</Code></Error>".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    store.line.faults = [Fault(b"GET", answer=head + body)]
    with remote(store) as way, pytest.raises(Stop, match=rule):
        way.list()
    assert len(store.line.heard) == 1


def test_a_store_that_is_not_there_may_come_back(store: ObjectStore) -> None:
    with remote(store, endpoint=f"http://127.0.0.1:{free_port()}") as way, pytest.raises(Passing, match="unreachable"):
        way.list()


def test_the_environment_neither_logs_in_nor_leads_elsewhere(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, nobody)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-lain")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALAIN")
    with remote(store) as way:
        assert len(way.list()) == 1
    assert b"Credential=AKIAUJI/" in store.line.heard[0]
    assert b"token-lain" not in store.line.heard[0]


def test_a_store_is_believed_by_its_certificate(store: ObjectStore, tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other", "Lain")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with relay(store.port, context) as line:
        endpoint = f"https://127.0.0.1:{line.port}"
        context.load_cert_chain(*ours.certificate("127.0.0.1"))
        with remote(store, endpoint=endpoint, ca=ours.pem) as way:
            assert b"".join(way.read(only(way), 0)) == CONTENT
        for ca in (None, other.pem):
            with remote(store, endpoint=endpoint, ca=ca) as way, pytest.raises(Stop, match="certificate_unknown"):
                way.list()
        context.load_cert_chain(*ours.expired("127.0.0.1"))
        with remote(store, endpoint=endpoint, ca=ours.pem) as way, pytest.raises(Stop, match="certificate_expired"):
            way.list()
        context.load_cert_chain(*ours.certificate("example.org"))
        with remote(store, endpoint=endpoint, ca=ours.pem) as way, pytest.raises(Stop, match="certificate_of_another"):
            way.list()


@pytest.mark.parametrize(
    ("tag", "strong"),
    [
        ('"0123456789abcdef0123456789abcdef"', True), ('"0123456789abcdef0123456789abcdef-12"', True),
        ('"00000000000000000000000000000000-1"', False), ('W/"0123456789abcdef0123456789abcdef"', False),
        ('"1700000000-42"', False), (None, False),
    ],
)  # fmt: skip
def test_only_a_tag_that_looks_like_a_checksum_is_of_the_content(
    store: ObjectStore, tag: str | None, strong: bool
) -> None:
    assert remote(store)._found("jambi/a.csv", 1, tag).strong is strong
