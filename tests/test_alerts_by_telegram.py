"""Alerts by Telegram: what would reach its host, and that the token of the bot is never said. Telegram itself is not here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.servers.authority import Authority
from tests.servers.telegram import CHAT, LONGEST_TEXT, TELEGRAM, TOKEN, URL, Telegram, telegram
from tests.watched import TEN_BAD_NIGHTS, looked, night, stopped, ten_bad_nights
from warehouse.home import Home
from warehouse.runs import FAILED

SECRET = TOKEN.partition(":")[2]


@pytest.fixture
def bot(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telegram]:
    """Return the stand-in, as the proxy of this process."""
    with telegram(authority) as made:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, made.proxy)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.pem))
        yield made


def test_ten_bad_nights_are_one_message_then_one_a_day_and_their_end_is_one(
    bot: Telegram, watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_bad_nights(watched_home, URL, monkeypatch)
    assert set(bot.hosts) == {f"{TELEGRAM}:443"}
    assert [message["chat_id"] for message in bot.messages] == [CHAT] * len(TEN_BAD_NIGHTS)
    assert [title for title in TEN_BAD_NIGHTS if title not in bot.messages[TEN_BAD_NIGHTS.index(title)]["text"]] == []
    assert "PULIH / RECOVERED" in bot.messages[-1]["text"]


def test_what_is_too_long_for_one_message_comes_in_several_and_no_name_is_markup(
    bot: Telegram, watched_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"iuran_{number}_<b>_&.csv" for number in range(8)]
    assert looked(watched_home, URL, monkeypatch, stopped(watched_home, names, "alasan " * 150)).delivered
    texts = [message["text"] for message in bot.messages]
    assert len(texts) > 1
    assert max(map(len, texts)) <= LONGEST_TEXT
    assert [name for name in range(8) if f"iuran_{name}_&lt;b&gt;_&amp;.csv" not in "".join(texts)] == []


WRONG = [f"telegrm://{TOKEN}/{CHAT}/", f"tgram://{TOKEN} rahasia/{CHAT}/", f"tgram://{SECRET}/"]


def test_a_token_that_telegram_refuses_is_not_said_and_the_message_is_sent_again(
    bot: Telegram, watched_home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    now = night(watched_home, 0, FAILED)
    bot.token = "987654321:another"
    assert not looked(watched_home, URL, monkeypatch, now, said.append).delivered
    assert "$WATCH_URL: pesan tidak sampai / the message did not arrive" in said
    assert SECRET not in "\n".join(said) + caplog.text
    bot.token = TOKEN
    assert looked(watched_home, URL, monkeypatch, now + timedelta(hours=1)).delivered


@pytest.mark.parametrize("wrong", WRONG)
def test_an_address_that_is_none_is_told_by_its_place_and_not_said(
    wrong: str, watched_home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    assert not looked(watched_home, wrong, monkeypatch, night(watched_home, 0, FAILED), said.append).delivered
    assert said[-1].startswith("address_unusable: $WATCH_URL")
    assert SECRET not in "\n".join(said) + caplog.text
