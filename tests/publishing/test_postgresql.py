"""The published copy in a real PostgreSQL server: what arrives, who sees what, and what readers see meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.publishing.contents import Relation
from flows.publishing.transfer import send
from flows.receive.retry import Patience
from tests.conftest import Loaded
from tests.publishing.target import compared, rows, seen, target
from tests.servers.postgresql import Database
from warehouse.home import Home
from warehouse.schema import tables_of
from warehouse.store import query

WRITES = (
    "INSERT INTO mart.dim_segment (segment) VALUES ('X')", "UPDATE mart.fact_coverage SET active_workers = 0",
    "DELETE FROM mart.coverage", "TRUNCATE mart.coverage", "DROP TABLE mart.coverage", "CREATE TABLE mart.t (n INT)",
    "DROP SCHEMA mart CASCADE", "ALTER TABLE mart.coverage DISABLE ROW LEVEL SECURITY", "CREATE SCHEMA lain",
)  # fmt: skip


@pytest.fixture(scope="module")
def version(loaded_home: Loaded) -> Path:
    """Return the directory of a published version of Jambi."""
    return Home(loaded_home[0]).current.parent.resolve()


def test_every_table_and_view_arrives_equal_cell_for_cell(
    server: Database, version: Path, sent: list[Relation]
) -> None:
    assert compared(server, version, sent) > 10_000
    sums = "SELECT sum(active_workers)::BIGINT AS a, sum(premium_per_member_idr)::BIGINT AS b FROM mart.coverage, mart.premium"
    assert query(version / "cakupan.duckdb", sums).rows() == rows(server, sums).rows()


def test_ratios_are_computed_by_the_server_from_their_parts(server: Database, sent: list[Relation]) -> None:
    found = rows(server, "SELECT attname::text AS name FROM pg_attribute WHERE attgenerated = 's'")["name"].to_list()
    declared = [name for table in tables_of("mart") for name, column in table.columns.items() if column.formula]
    assert sorted(found) == sorted(declared) != []
    assert any(relation.name == "fact_coverage" for relation in sent)


def test_comments_arrive_with_tables_and_columns(server: Database, version: Path, sent: list[Relation]) -> None:
    here = query(
        version / "cakupan.duckdb",
        "SELECT table_name AS t, column_name AS c, comment AS said FROM duckdb_columns() WHERE comment IS NOT NULL"
        " UNION ALL SELECT table_name, '', comment FROM duckdb_tables()"
        " UNION ALL SELECT view_name, '', comment FROM duckdb_views() WHERE NOT internal",
    )
    there = rows(
        server,
        "SELECT relname::text AS t, coalesce(attname, '')::text AS c, description AS said FROM pg_description"
        " JOIN pg_class ON pg_class.oid = objoid LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND attnum > 0"
        " WHERE relnamespace = 'mart'::regnamespace AND relname <> 'publication' AND classoid = 'pg_class'::regclass",
    )
    assert here.height > len(sent)
    assert there.sort("t", "c").equals(here.sort("t", "c"))


def test_a_province_sees_its_rows_only_in_every_table_of_regions(server: Database, sent: list[Relation]) -> None:
    regional = [relation.name for relation in sent if relation.is_regional]
    assert {"fact_target", "dim_region", "claim_check", "coverage", "league_table"} <= set(regional)
    own = "SELECT '{0}', count(*), count(*) FILTER (WHERE left(region_code, 2) = '15') FROM mart.{0}"
    counted = "\nUNION ALL ".join(own.format(name) for name in regional)
    whole = [line.split("|") for line in server.say(counted).splitlines()]
    assert seen(server, "pusat", counted).splitlines() == ["|".join(line) for line in whole]
    assert seen(server, "jambi", counted).splitlines() == [f"{name}|{mine}|{mine}" for name, _, mine in whole]
    assert sum(int(every) - int(mine) for _, every, mine in whole) > 1_000
    assert seen(server, "jambi", "SELECT DISTINCT left(region_code, 2) FROM mart.coverage") == "15"
    assert seen(server, "dua", "SELECT DISTINCT left(region_code, 2) FROM mart.coverage ORDER BY 1") == "00\n15"


def test_tables_about_no_region_are_for_all_and_views_that_mix_regions_for_none_of_the_provinces(
    server: Database, sent: list[Relation]
) -> None:
    for relation in sent:
        if not relation.is_regional and not relation.is_view:
            counted = f"SELECT count(*) FROM mart.{relation.name}"
            assert seen(server, "jambi", counted) == server.say(counted) == seen(server, "pusat", counted)
        if not relation.is_regional and relation.is_view:
            with pytest.raises(RuntimeError, match="permission denied"):
                seen(server, "jambi", f"SELECT count(*) FROM mart.{relation.name}")
    with pytest.raises(RuntimeError, match="permission denied for schema mart"):
        seen(server, "tamu", "SELECT count(*) FROM mart.dim_segment")


@pytest.mark.usefixtures("sent")
def test_readers_may_write_nothing(server: Database) -> None:
    for user in ("pusat", "jambi"):
        for write in WRITES:
            with pytest.raises(RuntimeError, match=r"permission denied|must be owner"):
                seen(server, user, write)


@pytest.mark.usefixtures("sent")
def test_content_that_the_server_holds_is_not_sent_again_and_other_roles_are(server: Database, version: Path) -> None:
    when = "SELECT version, sent_at, 'mart.coverage'::regclass::oid FROM mart.publication"
    before = server.say(when)
    assert before.startswith(version.name)
    assert not send(version, target(server), Patience(0)).changed
    assert server.say(when) == before
    server.say("CREATE ROLE lain_reader; GRANT lain_reader TO tamu")
    assert send(version, target(server, reader="lain_reader", roles="reader"), Patience(0)).changed
    counted = "SELECT count(*) FROM mart.coverage"
    assert seen(server, "tamu", counted) == server.say(counted)
    for user in ("pusat", "jambi"):
        with pytest.raises(RuntimeError, match="permission denied"):
            seen(server, user, counted)
