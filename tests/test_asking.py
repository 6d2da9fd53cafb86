"""A question reads, and nothing else: what is refused, what is answered, and how values come back."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import polars as pl
import pytest

from tests.asked import LONG, asked_home, publish_more, started
from warehouse.asking import Refused, ask, is_complete, opened
from warehouse.errors import Stop
from warehouse.home import Home

REFUSED = (
    "INSERT INTO dim_region VALUES (1)", "UPDATE dim_region SET name = 'x'", "DELETE FROM dim_region", "DROP TABLE dim_region",
    "CREATE TABLE t (i INT)", "CREATE TEMP TABLE t AS SELECT 1", "CREATE OR REPLACE VIEW coverage AS SELECT 1",
    "WITH a AS (SELECT 1) INSERT INTO dim_region FROM a", "COMMENT ON TABLE dim_region IS 'x'", "ATTACH 'other.duckdb'", "DETACH cakupan",
    "COPY dim_region TO 'out.csv'", "COPY (SELECT 1) TO 'out.csv'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 8",
    "RESET threads", "SET VARIABLE x = 1", "USE memory", "PRAGMA version", "PRAGMA table_info('coverage')", "/* x */ PRAGMA version",
    "EXPORT DATABASE 'out'", "IMPORT DATABASE 'in'", "CALL duckdb_tables()", "CHECKPOINT", "VACUUM", "BEGIN", "COMMIT", "PREPARE q AS SELECT 1",
    "EXECUTE q", "SELECT 1; DROP TABLE dim_region", "CREATE TABLE t (i INT); SELECT 1", "SELECT 1; SELECT 2", "", " ; ", "-- a remark",
)  # fmt: skip
ANSWERED = (
    "FROM coverage", "TABLE dim_region", "VALUES (1)", "WITH a AS (SELECT 1) FROM a;", "DESCRIBE coverage", "SUMMARIZE dim_region",
    "SHOW TABLES", "EXPLAIN FROM coverage", "PIVOT coverage ON region_code USING sum(active_workers)", "SELECT ';' -- é; x",
    "FROM plan_to_target('15.03', 0.9, 16800)", "FROM coverage_as_of(DATE '2025-03-20')", "FROM mart.coverage",
)  # fmt: skip
FILES = (
    "FROM read_csv('/etc/passwd')",
    "FROM 'x.parquet'",
    "FROM read_text('/etc/hostname')",
    "FROM glob('/etc/*')",
    "FROM 'https://a.b/c.csv'",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a small published home."""
    return asked_home(tmp_path_factory.mktemp("asking"))


@pytest.mark.parametrize("sql", REFUSED)
def test_what_asks_nothing_is_refused_with_what_may_be_asked(home: Home, sql: str) -> None:
    with pytest.raises(Stop) as refused:
        ask(home.current, sql)
    assert refused.value.rule == "query_not_a_question"
    assert "SELECT" in refused.value.cure


@pytest.mark.parametrize("sql", ANSWERED)
def test_what_asks_is_answered(home: Home, sql: str) -> None:
    assert ask(home.current, sql).height > 0 or "plan_to_target" in sql


@pytest.mark.parametrize("sql", FILES)
def test_no_other_file_is_read(home: Home, sql: str) -> None:
    with pytest.raises(Refused, match=r"disabled (by|through) configuration|does not exist"):
        ask(home.current, sql)


def test_values_are_bound_by_name_and_never_pasted(home: Home) -> None:
    sql = "SELECT active_workers FROM coverage WHERE region_code = $region AND active_workers > $least"
    assert ask(home.current, sql, {"region": "15.03", "least": "9"}).rows() == [(60,)]
    assert ask(home.current, sql, {"region": "' OR true --", "least": "9"}).rows() == []


def test_sums_are_whole_numbers_and_what_no_csv_can_hold_is_text(home: Home) -> None:
    sql = "SELECT sum(active_workers) AS s, 99999999999999999999::HUGEINT AS h, [1, 2] AS l, INTERVAL 1 DAY AS i, 'x'::BLOB AS b FROM coverage"
    found = ask(home.current, sql)
    assert found.row(0)[:1] + found.row(0)[2:] == (2_060, "[1, 2]", "1 day", "x")
    assert found.schema["s"] == pl.Int64()
    assert str(found["h"][0]) == "99999999999999999999"


@pytest.mark.parametrize(
    ("text", "ended"),
    [("select 1;", True), ("select ';'", False), ("select 1; -- no more", True), ("select 1 -- ;", False), ("", False)],
)
def test_a_question_ends_with_a_mark_outside_of_texts_and_remarks(text: str, ended: bool) -> None:
    assert is_complete(text) is ended


def test_questions_that_run_block_no_load_and_keep_their_version_through_a_publish(tmp_path: Path) -> None:
    home, sql = asked_home(tmp_path), "SELECT min(active_workers) FROM mart.coverage"
    running = started(home, LONG, "--internal")
    with opened(home.current) as published, opened(home.warehouse) as internal:
        time.sleep(2)
        publish_more(home, "v2", 7)
        assert running.poll() is None
        assert published.execute(sql).fetchall() == internal.execute(sql).fetchall() == [(60,)]
    assert ask(home.current, "SELECT active_workers FROM coverage").rows() == [(7,)]
    assert ask(home.warehouse, "SELECT active_workers FROM coverage").rows() == [(7,)]
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=120) == ("", "")
    assert running.returncode == 130
