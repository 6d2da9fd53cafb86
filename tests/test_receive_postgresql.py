"""Extracts out of a real PostgreSQL server, and everything that goes wrong with one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.receive.landing import Landing
from flows.receive.postgresql import PostgresqlRemote
from flows.receive.receiving import receive
from flows.receive.remote import Changed, Found, Passing
from flows.receive.retry import Patience
from flows.receive.trust import POSTGRESQL_ASKS_FOR_TLS
from flows.settings import Settings
from flows.sources import PostgresqlAddress
from tests.servers.authority import Authority
from tests.servers.loopback import free_port
from tests.servers.postgresql import Database, database
from tests.servers.relay import Fault, Relay, relay
from warehouse.errors import Stop
from warehouse.home import Home

TABLES = """
DROP SCHEMA IF EXISTS ekstrak CASCADE;
CREATE SCHEMA ekstrak;
CREATE TABLE ekstrak.peserta (kpj text, upah numeric(14, 2), tgl_data date, aktif boolean, nama text, tingkat int);
INSERT INTO ekstrak.peserta VALUES
  ('09012345678', 3234533.00, '2025-03-16', true, 'Sitti', 2),
  ('09012345677', NULL, '2025-03-16', false, 'Ahmad; Budi', 1),
  ('09012345676', 0.10, '2025-03-16', NULL, '', 1);
CREATE TABLE ekstrak.besar AS SELECT n, md5(n::text) AS isi, n % 7 AS sisa FROM generate_series(1, 60000) AS n;
CREATE TABLE ekstrak.rahasia (nik text);
DROP ROLE IF EXISTS pembaca;
CREATE ROLE pembaca LOGIN PASSWORD 'kata ''sandi\\ 1503';
GRANT USAGE ON SCHEMA ekstrak TO pembaca;
GRANT SELECT ON ekstrak.peserta, ekstrak.besar TO pembaca;
"""
SECRET = "kata 'sandi\\ 1503"


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Database]:
    """Yield a PostgreSQL server for this module, with a reader who may read two tables."""
    with database(authority) as made:
        made.say(TABLES)
        yield made


@pytest.fixture(scope="module")
def line(server: Database) -> Iterator[Relay]:
    """Yield a line to the server that can break."""
    with relay(server.port) as made:
        yield made


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the reader's secret where the sources name it."""
    monkeypatch.setenv("SANDI", SECRET)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


def remote(server: Database, port: int = 0, **keys: Any) -> PostgresqlRemote:
    """Return the way to the table of members, unless other keys say which."""
    which = {} if "query" in keys else {"table": "ekstrak.peserta"}
    known = {"name": "kepesertaan", "password": {"env": "SANDI"}, "ca": server.ca, **which, **keys}
    url = known.pop("url", f"postgresql://pembaca@127.0.0.1:{port or server.port}/postgres")
    return PostgresqlRemote(PostgresqlAddress(url=url, **known))


def content(way: PostgresqlRemote) -> bytes:
    """Return what is read of the one file."""
    with way:
        (found,) = way.list()
        return b"".join(way.read(found, 0))


def rows(way: PostgresqlRemote) -> list[dict[str, Any]]:
    """Return the rows of the one file."""
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(content(way))).to_pylist()
    return found


def test_a_table_comes_as_one_parquet_file_with_exact_numbers_and_dates(server: Database) -> None:
    way = remote(server, order_by=("kpj",))
    assert way.list() == [Found("kepesertaan.parquet", None, "")]
    assert [list(map(str, row.values())) for row in rows(way)] == [
        ["09012345676", "0.10", "2025-03-16", "None", "", "1"],
        ["09012345677", "None", "2025-03-16", "False", "Ahmad; Budi", "1"],
        ["09012345678", "3234533.00", "2025-03-16", "True", "Sitti", "2"],
    ]
    assert way.address("kepesertaan.parquet") == f"postgresql://127.0.0.1:{server.port}/postgres/kepesertaan.parquet"


def test_a_query_may_end_in_a_semicolon_or_a_comment(server: Database) -> None:
    for ending in ("", " ; ", " -- the whole table"):
        found = rows(
            remote(server, query=f"SELECT kpj, upah * 2 AS dua FROM ekstrak.peserta WHERE tingkat = 2{ending}")
        )
        assert [list(map(str, row.values())) for row in found] == [["09012345678", "6469066.00"]]


def test_a_table_without_rows_comes_with_its_columns(server: Database) -> None:
    found = content(remote(server, query="SELECT kpj, tgl_data FROM ekstrak.peserta WHERE false"))
    assert pq.read_table(io.BytesIO(found)).schema.names == ["kpj", "tgl_data"]


def test_the_same_rows_are_the_same_bytes_wherever_they_lie_in_the_table(server: Database) -> None:
    query = "SELECT sisa, n % 11 AS sebelas, isi FROM ekstrak.besar"
    for order in ((), ("sebelas",)):
        before = content(remote(server, query=query, order_by=order))
        server.say("BEGIN; CREATE TEMP TABLE k AS TABLE ekstrak.besar; TRUNCATE ekstrak.besar;"
                   "INSERT INTO ekstrak.besar SELECT * FROM k ORDER BY md5(isi); COMMIT")  # fmt: skip
        assert content(remote(server, query=query, order_by=order)) == before
    found = pq.read_table(io.BytesIO(before), columns=["sebelas"])["sebelas"].to_pylist()
    assert found == sorted(n % 11 for n in range(1, 60_001))


def test_the_same_rows_again_are_no_delivery_and_other_rows_are_one(server: Database, home: Home) -> None:
    source = {"url": f"postgresql://pembaca@127.0.0.1:{server.port}/postgres", "table": "ekstrak.peserta", "glob": "*",
              "name": "kepesertaan", "password": {"env": "SANDI"}, "ca": str(server.ca), "kind": "kepesertaan"}  # fmt: skip
    settings = Settings.model_validate({"sources": {"basis": source}})
    assert receive(home, None, settings, "first").arrived == ["basis/kepesertaan.parquet"]
    assert receive(home, None, settings, "second").arrived == []
    server.say("UPDATE ekstrak.peserta SET upah = upah + 1 WHERE tingkat = 2")
    assert receive(home, None, settings, "third").arrived == ["basis/kepesertaan.parquet"]
    server.say("UPDATE ekstrak.peserta SET upah = upah - 1 WHERE tingkat = 2")


@pytest.mark.parametrize(
    ("type_of", "kind"),
    [
        ("now()", "timestamptz"), ("'\\x00'::bytea", "bytea"), ("interval '1 day'", "interval"), ("1::money", "money"),
        ("'{}'::jsonb", "jsonb"), ("gen_random_uuid()", "uuid"), ("time '10:00'", "time"), ("'10.0.0.1'::inet", "inet"),
        ("ARRAY[1.5]", "_numeric"), ("ROW(1, 2)", "record"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_shown_as_text_is_named_before_a_row_is_read(
    server: Database, type_of: str, kind: str
) -> None:
    way = remote(server, query=f"SELECT 1 AS kpj, {type_of} AS kolom")
    with pytest.raises(Stop, match=f"column_not_plain.*kolom.* {kind}.*::text"):
        way.list()


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ({"query": "SELECT 1 AS a, 2 AS a"}, "column_twice.*a"),
        ({"order_by": ("kpjj",)}, "column_missing.*kpjj.*kpj, upah"),
        ({"table": "ekstrak.tiada"}, 'request_refused.*relation "ekstrak.tiada" does not exist'),
        ({"query": "SELEC 1"}, "request_refused.*syntax error"),
        ({"query": "SELECT 1; SELECT 2"}, "request_refused"),
        ({"query": "DELETE FROM ekstrak.besar RETURNING n"}, "request_refused"),
        ({"table": "ekstrak.rahasia"}, "permission_denied.*ekstrak.rahasia"),
        ({"table": 'ekstrak.peserta"; DROP TABLE ekstrak.besar --'}, "request_refused"),
    ],
)
def test_what_cannot_be_read_is_a_stop_that_says_why(server: Database, keys: dict[str, Any], rule: str) -> None:
    with pytest.raises(Stop, match=rule):
        content(remote(server, **keys))


def test_the_query_may_change_nothing(server: Database) -> None:
    server.say("CREATE FUNCTION ekstrak.hapus() RETURNS int LANGUAGE sql SECURITY DEFINER AS "
               "'DELETE FROM ekstrak.besar RETURNING n'")  # fmt: skip
    with pytest.raises(Stop, match=r"request_refused.*25006"):
        content(remote(server, query="SELECT ekstrak.hapus() AS n"))
    assert server.say("SELECT count(*) FROM ekstrak.besar") == "60000"


def test_an_error_about_a_row_does_not_tell_the_row(server: Database) -> None:
    with pytest.raises((Stop, Passing)) as fault:
        content(remote(server, query="SELECT nama::int AS n FROM ekstrak.peserta WHERE nama = 'Sitti'"))
    assert "Sitti" not in str(fault.value)


def test_rows_that_come_while_it_is_read_are_not_in_the_file(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.receive.parquet_stream.ROWS_PER_GROUP", 5_000)
    with remote(server, query="SELECT n, repeat(isi, 40) AS isi FROM ekstrak.besar") as way:
        pieces = way.read(way.list()[0], 0)
        first = next(pieces)
        server.say("INSERT INTO ekstrak.besar VALUES (0, 'baru', 0)")
        found = pq.ParquetFile(io.BytesIO(first + b"".join(pieces)))
    assert found.metadata.num_rows == 60_000
    server.say("DELETE FROM ekstrak.besar WHERE n = 0")


def test_a_line_that_is_cut_in_the_middle_is_read_again_from_the_beginning(
    server: Database, line: Relay, home: Home
) -> None:
    waits: list[float] = []
    with remote(server, line.port, table="ekstrak.besar") as way:
        (found,) = way.list()
        line.faults = [Fault(POSTGRESQL_ASKS_FOR_TLS, after=after) for after in (1 << 40, 1_000_000)]
        landed = Landing(home, "db", way, Patience(sleep=waits.append)).bring(found)
        with pytest.raises(Changed):
            next(way.read(found, 1))
    assert pq.ParquetFile(home.landed(landed.sha256)).metadata.num_rows == 60_000
    assert len(waits) == 1


def test_a_server_that_is_restarted_in_the_middle_is_asked_again(
    server: Database, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.receive.parquet_stream.ROWS_PER_GROUP", 5_000)
    wide = "SELECT n, repeat(isi, 40) AS isi FROM ekstrak.besar"

    class Restarting(PostgresqlRemote):
        """A remote in the middle of whose first reading the server is restarted."""

        calm = False

        def read(self, found: Found, offset: int) -> Iterator[bytes]:
            for piece in super().read(found, offset):
                yield piece
                if not self.calm:
                    self.calm = True
                    server.stop()
                    server.start()

    with Restarting(remote(server, query=wide).settings) as way:
        landed = Landing(home, "db", way, Patience(sleep=lambda _: None)).bring(way.list()[0])
    assert way.calm
    assert landed.tries == 2
    assert pq.ParquetFile(home.landed(landed.sha256)).metadata.num_rows == 60_000


def test_a_query_that_takes_too_long_is_ended_and_not_tried_again(server: Database, home: Home) -> None:
    way = remote(server, query="SELECT pg_sleep(30)::text AS a", statement_timeout_seconds=1)
    with pytest.raises(Stop, match=r"query_ended.* 1 s .*statement_timeout_seconds"):
        Landing(home, "db", way, Patience(sleep=lambda _: pytest.fail("tried again"))).bring(way.list()[0])


def test_a_wrong_password_is_tried_once_and_not_told(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDI", "salah-1503")
    with remote(server) as way, pytest.raises(Stop, match="login_refused") as refusal:
        way.list()
    assert "1503" not in str(refusal.value)
    url = f"postgresql://pembaca@127.0.0.1:{server.port}/tiada"
    with remote(server, url=url) as way, pytest.raises(Stop, match="login_refused"):
        way.list()


def test_a_server_is_believed_by_its_certificate(server: Database, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "Lain")
    for ca in (None, other.pem):
        with remote(server, ca=ca) as way, pytest.raises(Stop, match="certificate_unknown"):
            way.list()
    server.show(authority.expired("127.0.0.1"))
    with remote(server) as way, pytest.raises(Stop, match="certificate_expired"):
        way.list()
    server.show(authority.certificate("example.org"))
    with remote(server) as way, pytest.raises(Stop, match="certificate_of_another"):
        way.list()
    assert remote(server, sslmode="verify-ca").list()
    server.show(authority.certificate("127.0.0.1"))
    assert remote(server).list()


def test_a_server_that_speaks_no_tls_is_refused(server: Database, line: Relay) -> None:
    line.faults = [Fault(POSTGRESQL_ASKS_FOR_TLS, answer=b"N")]
    with remote(server, line.port) as way, pytest.raises(Stop, match="server_without_tls"):
        way.list()


def test_a_server_that_is_not_there_or_full_may_come_back(server: Database) -> None:
    with remote(server, free_port()) as way, pytest.raises(Passing, match=r"server_unreachable.*refused"):
        way.list()
    server.say("ALTER ROLE pembaca CONNECTION LIMIT 0")
    with remote(server) as way, pytest.raises(Passing, match="server_busy"):
        way.list()
    server.say("ALTER ROLE pembaca CONNECTION LIMIT -1")
