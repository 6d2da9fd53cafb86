"""Whom the web server must be, and who we are to it: certificates, secrets, redirects, proxies."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from flows.receive.https import HttpsRemote
from flows.receive.remote import Found, Passing
from flows.sources import HttpsAddress
from tests.servers.authority import Authority
from tests.servers.https import CONTENT, NAME, PATH, Portal
from tests.servers.loopback import free_port
from warehouse.errors import Stop


def whole(way: HttpsRemote) -> bytes:
    """Return what is read of the file from its beginning."""
    with way:
        return b"".join(way.read(Found(NAME, None, ""), 0))


def test_an_expired_certificate_is_refused(web: Portal, authority: Authority) -> None:
    web.show(authority.expired("127.0.0.1"))
    with pytest.raises(Stop, match=r"certificate_expired.*clock"):
        web.remote().list()
    web.show(authority.certificate("127.0.0.1"))
    assert not web.asked


def test_a_certificate_for_another_name_is_refused(web: Portal, authority: Authority) -> None:
    web.show(authority.certificate("portal.example.org", "10.0.0.1"))
    for host in ("127.0.0.1", "localhost"):
        way = HttpsRemote(HttpsAddress(url=web.url("/", host), ca=authority.pem, files=("a.csv",)))
        with pytest.raises(Stop, match="certificate_of_another"):
            way.list()
    web.show(authority.certificate("127.0.0.1"))
    assert not web.asked


def test_an_unknown_authority_is_refused_also_one_of_the_same_name(web: Portal, tmp_path: Path) -> None:
    for ca in (None, Authority(tmp_path / "false").pem, Authority(tmp_path / "other", "Lain").pem):
        with pytest.raises(Stop, match=r"certificate_unknown.*ca = "):
            web.remote(ca=ca).list()
    assert not web.asked


def test_an_authority_that_is_no_certificate_is_named(web: Portal, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN", encoding="utf-8")
    for ca in (broken, tmp_path / "absent.pem"):
        with pytest.raises(Stop, match=f"ca_unusable.*{ca.name}"):
            web.remote(ca=ca).list()


def test_a_server_that_is_not_there_may_come_back(authority: Authority) -> None:
    way = HttpsRemote(HttpsAddress(url=f"https://127.0.0.1:{free_port()}/", ca=authority.pem, files=("a.csv",)))
    with pytest.raises(Passing, match=r"server_unreachable.*refused"):
        way.list()


@pytest.mark.parametrize(
    ("keys", "header"),
    [
        ({"user": "jambi", "password": {"env": "SANDI"}}, "Basic " + base64.b64encode(b"jambi:rahasia-1503").decode()),
        ({"bearer": {"env": "SANDI"}}, "Bearer rahasia-1503"),
        ({"headers": {"Authorization": {"env": "SANDI"}}}, "rahasia-1503"),
    ],
)
def test_secrets_log_in_and_are_not_told(
    web: Portal, monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any], header: str
) -> None:
    monkeypatch.setenv("SANDI", "rahasia-1503")
    web.authorization = header
    assert whole(web.remote(**keys)) == CONTENT
    monkeypatch.setenv("SANDI", "salah-1503")
    with pytest.raises(Stop, match="login_refused") as refusal:
        whole(web.remote(**keys))
    assert "1503" not in str(refusal.value)


def test_a_secret_that_no_header_can_carry_is_not_told(web: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDI", "dua\nbaris")
    with pytest.raises(Stop, match="secret_unusable") as refusal:
        whole(web.remote(bearer={"env": "SANDI"}))
    assert "baris" not in str(refusal.value)


def test_a_redirect_is_followed_on_the_same_host_only(web: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDI", "rahasia")
    web.documents["/baru.csv"] = b"a"
    web.answers[PATH] = [(302, {"Location": "/baru.csv"}), (307, {"Location": "https://example.org/x.csv"})]
    web.answers[PATH] += [(301, {"Location": web.url("/baru.csv").replace("https", "http")})]
    way = web.remote(bearer={"env": "SANDI"})
    assert whole(way) == b"a"
    for where in ("example.org", "127.0.0.1"):
        with pytest.raises(Stop, match=f"redirected_elsewhere.*{where}"):
            whole(web.remote(bearer={"env": "SANDI"}))


def test_redirects_without_end_are_refused(web: Portal) -> None:
    web.answers[PATH] = [(302, {"Location": PATH})] * 20
    with pytest.raises(Stop, match=r"request_refused.*redirects"):
        whole(web.remote())
    assert len(web.asked) < 20


def test_a_proxy_of_the_environment_is_not_asked(web: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("HTTPS_PROXY", nobody)
    assert whole(web.remote()) == CONTENT
    with pytest.raises(Passing, match="server_unreachable"):
        whole(web.remote(proxy=nobody))
