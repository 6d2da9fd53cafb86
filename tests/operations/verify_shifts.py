"""The long check of the other shifts: each deployment runs on a real server, and a failure is told once, with its reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend import ask
from tests.servers.authority import Authority
from tests.servers.catalogue import Catalogue, listening
from tests.servers.loopback import HOST
from tests.servers.postgresql import OWNER, Database, database
from tests.servers.prefect import Served, served

MONTH_CLOSE = "month-close/month-close"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Catalogue]:
    """Return a running receiver of alerts."""
    with listening() as made:
        yield made


@pytest.fixture(scope="module")
def postgresql(authority: Authority) -> Iterator[Database]:
    """Return a running PostgreSQL."""
    with database(authority) as made:
        yield made


@pytest.fixture(scope="module")
def shifts(
    tmp_path_factory: pytest.TempPathFactory, source: Path, receiver: Catalogue, postgresql: Database
) -> Iterator[Served]:
    """Return a home that is served with PostgreSQL, tells its failures, and was loaded by the closing of a month."""
    folder = tmp_path_factory.mktemp("shifts")
    alerts = folder / "alerts"
    alerts.touch(mode=0o600)
    alerts.write_text(f"json://127.0.0.1:{receiver.server_port}/alerts\n", encoding="utf-8")
    url = f"postgresql+asyncpg://{OWNER}:{postgresql.password}@{HOST}:{postgresql.port}/postgres?ssl=require"
    with served(folder, source, alerts, url) as made:
        closed = made.begin(MONTH_CLOSE, load={"month": "2025-03"})
        assert made.ended(closed) == "COMPLETED", made.state(closed)
        yield made


def test_what_prefect_knows_lies_in_postgresql(shifts: Served, postgresql: Database) -> None:
    assert int(postgresql.say("SELECT count(*) FROM flow_run")) >= 1
    assert list((shifts.home / "prefect").glob("*.db")) == []


def test_the_pages_are_written(shifts: Served) -> None:
    run = shifts.begin("site/site", show={})
    assert shifts.ended(run) == "COMPLETED", shifts.state(run)
    assert "Bulan 2025-03" in (shifts.home / "site" / "index.html").read_text(encoding="utf-8")


def test_what_is_missing_is_an_event_that_is_told(shifts: Served, receiver: Catalogue) -> None:
    run = shifts.begin("freshness/freshness", look={})
    assert shifts.ended(run) == "COMPLETED", shifts.state(run)
    shifts.wait("the alert", lambda: told(receiver, "kepesertaan"))
    assert "belum diterima; seharusnya" in told(receiver, "kepesertaan")[0]


def test_a_month_that_nobody_delivered_fails_its_closing_and_that_is_told_once(
    shifts: Served, receiver: Catalogue
) -> None:
    run = shifts.begin(MONTH_CLOSE, load={"month": "2025-04"})
    assert shifts.ended(run) == "FAILED", shifts.state(run)
    shifts.wait("the alert", lambda: told(receiver, "month_not_delivered"))
    [text] = told(receiver, "month_not_delivered")
    assert "month-close gagal / failed" in text


def test_a_night_that_stops_a_file_fails_keeps_what_it_loaded_and_is_told_once(
    shifts: Served, receiver: Catalogue, source: Path, tmp_path: Path
) -> None:
    run = shifts.begin("nightly/nightly", load={"source": with_a_file(source, tmp_path, "indikator_15.csv", "")})
    assert shifts.ended(run) == "FAILED", shifts.state(run)
    assert shifts.state(run)[1].startswith("1 berkas dihentikan / files stopped (empty_file)")
    assert ask(shifts.home, "SELECT count(*) FROM ops.month_load") == [(2,)]
    shifts.wait("the alert", lambda: told(receiver, "empty_file"))
    [text] = told(receiver, "empty_file")
    assert "nightly gagal / failed" in text
    assert "indikator" not in text


def test_where_the_watch_has_an_address_it_tells_of_loads_and_the_server_does_not(
    shifts: Served, receiver: Catalogue, source: Path, tmp_path: Path
) -> None:
    assert shifts.alerts is not None
    settings = tmp_path / "cakupan.toml"
    settings.write_text(f'[watch]\nnotify = [{{ file = "{shifts.alerts}" }}]\n', encoding="utf-8")
    changed = shifts.set_up("--config", str(settings))["changed"]
    assert {one.rpartition(" / ")[2] for one in changed if one.startswith("automation")} == {
        "failed runs", "conditions", "no nightly load",
    }  # fmt: skip
    before = len(receiver.asked)
    run = shifts.begin(
        "nightly/nightly", load={"source": with_a_file(source, tmp_path, "target_15.csv", "bukan;tabel")}
    )
    assert shifts.ended(run) == "FAILED", shifts.state(run)
    again = shifts.begin("freshness/freshness", look={})
    assert shifts.ended(again) == "COMPLETED", shifts.state(again)
    [(_, _, alert)] = receiver.asked[before:]
    assert alert["title"].startswith("[Cakupan] ")
    assert "target_15.csv" in alert["message"]


def with_a_file(source: Path, place: Path, name: str, content: str) -> str:
    """Return a folder that holds the extracts and a file beside them."""
    folder = shutil.copytree(source, place / "source")
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder)


def told(receiver: Catalogue, word: str) -> list[str]:
    """Return the alerts that hold a word."""
    texts = [f"{alert['title']} {alert['message']}" for _, _, alert in receiver.asked]
    return [text for text in texts if word in text]
