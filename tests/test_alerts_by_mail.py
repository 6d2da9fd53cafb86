"""Alerts by e-mail, in a real dialogue with an SMTP server: STARTTLS, login, letters; and the password is never said."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.authority import Authority
from tests.servers.mail import PASSWORD, RECEIVER, SENDER, USER, Mailbox, mailbox, text_of
from tests.watched import TEN_BAD_NIGHTS, looked, night, ten_bad_nights
from warehouse.home import Home
from warehouse.runs import FAILED


@pytest.fixture
def office(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """Return a running mail server, whose authority this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
    with mailbox(authority) as made:
        yield made


def test_ten_bad_nights_are_one_letter_then_one_a_day_and_their_end_is_one(
    office: Mailbox, watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_bad_nights(watched_home, office.url(), monkeypatch)
    assert [letter["subject"] for letter in office.letters] == TEN_BAD_NIGHTS
    assert office.receivers == [[RECEIVER]] * len(TEN_BAD_NIGHTS)
    assert office.logins == [USER] * len(TEN_BAD_NIGHTS)
    first = office.letters[0]
    assert SENDER in first["from"]
    assert text_of(first).splitlines()[0] == "BARU / NEW"
    assert "server unreachable" in text_of(first)
    assert "sejak / since 2026-03-01" in text_of(office.letters[9])


def test_a_letter_that_the_server_refuses_is_sent_again_and_the_password_is_not_said(
    office: Mailbox, watched_home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    now = night(watched_home, 0, FAILED)
    found = looked(watched_home, office.url(f"{PASSWORD}-lama"), monkeypatch, now, said.append)
    assert not found.delivered
    assert "$WATCH_URL: pesan tidak sampai / the message did not arrive" in said
    assert PASSWORD not in "\n".join(said) + caplog.text
    assert looked(watched_home, office.url(), monkeypatch, now + timedelta(hours=1)).delivered
    assert [letter["subject"] for letter in office.letters] == ["[Cakupan] 1 baru / new"]


def test_a_server_with_a_certificate_of_nobody_we_trust_is_told_no_password(
    office: Mailbox, watched_home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path / "another").pem))
    assert not looked(watched_home, office.url(), monkeypatch, night(watched_home, 0, FAILED)).delivered
    assert (office.logins, office.letters) == ([], [])
