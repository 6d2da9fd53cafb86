"""The Prefect flow on Prefect's own temporary server does what a plain run does, and keeps nobody's data."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.endtoend import assert_same, every_version, load, mart_facts, standing, start
from tests.extracts import two_months, write
from tests.scanner import Words
from warehouse.home import Home

PATIENCE_SECONDS = 300
STEPS = ["register", "validate", "transform", "audit", "load", "records", "journal", "publish"]


def asked(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what Prefect's database answers."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def test_the_prefect_flow_loads_what_a_plain_run_loads_and_keeps_no_nik(tmp_path: Path) -> None:
    files = {name: rows for name, rows in two_months().items() if name.startswith(("kepesertaan", "target"))}
    source, prefect, home = write(tmp_path / "source", files), tmp_path / "prefect", tmp_path / "home"
    running = start(source, home, PREFECT_HOME=str(prefect), PREFECT_API_URL="", PREFECT_LOGGING_LEVEL="INFO")
    output = "\n".join(running.communicate(timeout=PATIENCE_SECONDS))
    plainly = load(source, tmp_path / "plain")

    assert running.returncode == plainly["exit_code"] == 3, output
    assert_same(every_version(Home(home).warehouse), every_version(Home(tmp_path / "plain").warehouse))
    assert_same(standing(Home(home).current, mart_facts()), standing(Home(tmp_path / "plain").current, mart_facts()))

    database = prefect / "prefect.db"
    assert asked(database, "SELECT state_type FROM flow_run") == [("COMPLETED",)]
    finished = re.findall(r"Task run '(\w+).*Finished in state Completed", output)
    assert list(dict.fromkeys(finished)) == STEPS
    [(key, kind, text)] = asked(database, "SELECT key, type, data FROM artifact")
    assert (key, kind) == ("load-summary", "markdown")
    assert "loaded with rejected rows" in text and "upah_negative" in text

    people = Words(
        row[name] for name, rows in files.items() if name[0] == "k" for row in rows for name in ("nik", "kpj", "nama")
    )
    assert people.in_folder(prefect) == {}
    assert people.in_text(output) == set()
