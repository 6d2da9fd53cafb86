"""Publishing to a real PostgreSQL server while people read there, and when it cannot be done."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import dbapi

from flows.cli import main
from flows.publishing.transfer import send
from flows.receive.retry import Patience
from tests.publishing.target import SECRET, seen, target
from tests.servers.loopback import free_port
from tests.servers.postgresql import Database
from tests.warehouse_rows import MID_MARCH, coverage, load, load_regions, rows
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.store import query
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.premium import FactPremium

FIGURE = "SELECT active_workers FROM mart.coverage WHERE region_code = '15.03'"
BOTH = (
    "SELECT p.version, c.active_workers, f.active_workers FROM mart.coverage c, mart.publication p, mart.fact_coverage f"
    " WHERE c.region_code = '15.03' AND f.region_code = '15.03' AND f.superseded_at IS NULL"
)
CONFIG = """
[publish.postgresql]
url = "postgresql://penerbit@127.0.0.1:{port}/postgres"
password = {{ env = "SANDI" }}
ca = "{ca}"
retries = 0
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with the versions v40 and v41, called by their figure for 15.03."""
    made = Home(tmp_path_factory.mktemp("home"))
    load_regions(made.warehouse)
    cells = {"region_code": "15.03", "as_of_date": MID_MARCH.as_of_date, "billed_idr": 5, "members": 2}
    load(made.warehouse, FactPremium, rows(FactPremium, cells), MID_MARCH, "2025-03-19T02:00")
    for workers in (40, 41):
        frame = coverage(MID_MARCH, r15_03=workers, r16_01=7)
        load(made.warehouse, FactCoverage, frame, MID_MARCH, f"2025-03-{workers - 20}T02:00")
        publish(made.warehouse, made.published, f"v{workers}")
    return made


def put(home: Home, server: Database, version: str, **keys: Any) -> None:
    """Send a version, trying once."""
    send(home.published / version, target(server, **keys), Patience(0))


@contextmanager
def reading(server: Database, user: str = "jambi", begin: str = "") -> Iterator[dbapi.Cursor]:
    """Yield the cursor of a reader who stays logged in, in a transaction."""
    words = f"host=127.0.0.1 port={server.port} user={user} dbname=postgres password={SECRET}"
    with dbapi.connect(words) as connection, connection.cursor() as cursor:
        if begin:
            cursor.execute(begin)
        yield cursor


def another(home: Home, server: Database) -> tuple[str, str]:
    """Return the version that the server holds, v40 at first, and the other one."""
    if server.say("SELECT to_regclass('mart.publication') IS NULL") == "t":
        put(home, server, "v40")
    old = server.say("SELECT version FROM mart.publication")
    return old, {"v40": "v41", "v41": "v40"}[old]


def figure(version: str) -> int:
    """Return the figure of a version."""
    return int(version.removeprefix("v"))


def first(cursor: dbapi.Cursor, sql: str) -> Any:
    """Return the first row of what a reader asks."""
    cursor.execute(sql)
    return cursor.fetchone()


def test_readers_who_never_stop_see_the_old_version_or_the_new_one(home: Home, server: Database) -> None:
    old, new = another(home, server)
    done = threading.Event()

    def read(user: str, isolation: str) -> set[tuple[Any, ...]]:
        found = set()
        words = f"host=127.0.0.1 port={server.port} user={user} dbname=postgres password={SECRET}"
        with dbapi.connect(words) as connection:
            while not done.is_set():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                    found |= {first(cursor, BOTH), first(cursor, BOTH)}
                connection.rollback()
                time.sleep(0.005)
        return found

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, user, "READ COMMITTED") for user in ("jambi", "pusat", "dua", "jambi")]
        try:
            for version in (new, old, new):
                put(home, server, version)
        finally:
            done.set()
        seen_by_all = [reader.result() for reader in readers]
    assert set.union(*seen_by_all) == {("v40", 40, 40), ("v41", 41, 41)}


def test_a_snapshot_that_is_older_than_the_tables_finds_no_publication(home: Home, server: Database) -> None:
    _, new = another(home, server)
    with reading(server, begin="SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") as cursor:
        assert first(cursor, "SELECT 1") == (1,)
        put(home, server, new)
        assert first(cursor, "SELECT version FROM mart.publication") is None
        cursor.connection.rollback()
        assert first(cursor, "SELECT version FROM mart.publication") == (new,)


def test_a_transaction_that_reads_ends_with_what_it_began_with_and_the_swap_waits_for_it(
    home: Home, server: Database
) -> None:
    old, new = another(home, server)
    with reading(server) as cursor:
        assert first(cursor, FIGURE) == (figure(old),)
        with pytest.raises(Stop, match="target_always_read"):
            put(home, server, new, wait_seconds=0)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(put, home, server, new)
            assert first(cursor, BOTH) == (old, figure(old), figure(old))
            cursor.connection.rollback()
            waiting.result()
        assert first(cursor, BOTH) == (new, figure(new), figure(new))


def test_what_others_built_on_the_tables_is_named_and_nothing_is_changed(home: Home, server: Database) -> None:
    old, new = another(home, server)
    server.say("CREATE SCHEMA analis; CREATE VIEW analis.kita AS SELECT * FROM mart.coverage")
    with pytest.raises(Stop, match=r"target_depended_on.*view analis.kita"):
        put(home, server, new)
    server.say("DROP SCHEMA analis CASCADE; CREATE TABLE mart.milik_kita (n INT)")
    with pytest.raises(Stop, match=r"target_depended_on.*table mart.milik_kita"):
        put(home, server, new)
    server.say("DROP TABLE mart.milik_kita")
    assert seen(server, "jambi", FIGURE) == str(figure(old))
    assert server.say("SELECT count(*) FROM pg_namespace WHERE nspname = 'mart_next'") == "0"


def test_a_transfer_that_is_cut_off_leaves_the_old_rows(home: Home, server: Database) -> None:
    old, new = another(home, server)
    ours = "FROM pg_stat_activity WHERE application_name = 'cakupan'"
    with reading(server) as cursor, ThreadPoolExecutor(1) as pool:
        assert first(cursor, FIGURE) == (figure(old),)
        waiting = pool.submit(put, home, server, new)
        while "cakupan.swap" not in server.say(f"SELECT query {ours}"):
            time.sleep(0.2)
        server.say(f"SELECT pg_terminate_backend(pid) {ours}")
        with pytest.raises(Stop, match="server_unreachable"):
            waiting.result()
    assert seen(server, "jambi", FIGURE) == str(figure(old))


def test_a_publisher_without_the_right_and_a_reader_without_a_role_are_named(home: Home, server: Database) -> None:
    with pytest.raises(Stop, match=r"reader_role_missing.*tiada"):
        put(home, server, "v40", reader="tiada")
    server.say("REVOKE CREATE ON DATABASE postgres FROM penerbit")
    with pytest.raises(Stop, match="target_permission_denied"):
        put(home, server, "v40", schema_name="lain")
    server.say("GRANT CREATE ON DATABASE postgres TO penerbit")


def test_halves_of_whole_units_are_rounded_as_published(home: Home, server: Database) -> None:
    another(home, server)
    half = "SELECT premium_per_member_idr FROM mart.fact_premium"
    assert query(home.current, half).rows() == [(3,)]
    assert server.say(half) == "3"


def test_a_rollback_brings_the_server_along_and_says_so(
    home: Home, server: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text(CONFIG.format(port=server.port, ca=server.ca), encoding="utf-8")
    words = ["publish", "--home", str(home.root), "--config", str(config), "--json"]
    assert main([*words, "--rollback", "--reason", "salah"]) == 0
    assert seen(server, "jambi", FIGURE) == "40"
    assert main(words) == 0
    assert main(["publish", "--home", str(home.root), "--list"]) == 0
    assert main([*words, "--restore"]) == 0
    assert seen(server, "jambi", FIGURE) == "41"
    shown = capsys.readouterr().out
    withheld = json.JSONDecoder().raw_decode(shown[shown.index("}\n{") + 2 :])[0]["withheld"]
    assert (withheld["version"], withheld["reason"]) == ("v41", "salah")
    assert "v40" in shown and "salah" in shown


def test_a_server_that_is_not_there_harms_no_version_and_no_secret_is_told(
    home: Home, server: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "cakupan.toml"
    config.write_text(CONFIG.format(port=free_port(), ca=server.ca), encoding="utf-8")
    assert main(["publish", "--home", str(home.root), "--config", str(config), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["not_sent"].keys()) == ("v41", {"postgresql"})
    assert "server_unreachable" in told["not_sent"]["postgresql"]
    assert SECRET not in json.dumps(told)
    assert query(home.current, FIGURE).rows() == [(41,)]


def test_a_check_of_the_settings_asks_the_server(
    home: Home, server: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, _ = another(home, server)
    config = tmp_path / "cakupan.toml"
    config.write_text(CONFIG.format(port=server.port, ca=server.ca), encoding="utf-8")
    words = ["config", "check", "--config", str(config), "--connect", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)["target"]
    assert (found["version"], "cakupan_reader_15" in found["roles"]) == (held, True)
    config.write_text(CONFIG.format(port=server.port, ca=server.ca) + 'reader = "tiada"\n', encoding="utf-8")
    assert main(words) == 2
    assert "reader_role_missing" in capsys.readouterr().out
