"""The Prefect flow on Prefect's own temporary server does what a plain run does, keeps nobody's data, and talks to nobody else."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.endtoend import ask, assert_same, every_version, mart_facts, standing, start
from tests.extracts import two_months, write
from tests.scanner import Words
from tests.tracing import REASON, prefix, reached
from warehouse.home import Home

PATIENCE_SECONDS = 300
STEPS = [
    "register", "validate", "transform", "audit", "compare", "load", "records", "journal", "prune", "publish", "marts",
]  # fmt: skip
ARTIFACTS = {
    "load-summary": "markdown", "load-months": "table", "load-costs": "table", "load-progress": "progress",
    "sender-reports": "markdown", "data-docs": "markdown",
}  # fmt: skip
FLOW_RUN = """
SELECT run.state_type, run.state_name, state.message
FROM flow_run AS run JOIN flow_run_state AS state ON state.id = run.state_id
"""
ONLY = ("--month", "2025-01..2025-02", "--regions", "Provinsi Jambi", "--wait", "1")


def asked(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what Prefect's database answers."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def ended(running: subprocess.Popen[str]) -> str:
    """Return what a command said, once it ended as a load of which a file was stopped."""
    output = "\n".join(running.communicate(timeout=PATIENCE_SECONDS))
    assert running.returncode == 4, output
    return output


@pytest.mark.skipif(not prefix(Path(os.devnull)), reason=REASON)
def test_the_prefect_flow_loads_what_a_plain_run_does_fails_for_what_it_stops_keeps_no_nik_and_reaches_nobody(
    tmp_path: Path,
) -> None:
    files = {name: rows for name, rows in two_months().items() if name.startswith(("kepesertaan", "target"))}
    files["kepesertaan_16_202502.csv"] = next(rows for name, rows in files.items() if name.startswith("kepesertaan"))
    stopped = "indikator_15.csv"
    source, prefect, home = write(tmp_path / "source", files), tmp_path / "prefect", tmp_path / "home"
    plain, in_flow, alone = tmp_path / "plain", tmp_path / "flow.trace", tmp_path / "plain.trace"
    (source / stopped).write_text("")
    settings = {"PREFECT_HOME": str(prefect), "PREFECT_API_URL": "", "PREFECT_LOGGING_LEVEL": "INFO"}
    output = ended(start(source, home, *ONLY, under=prefix(in_flow), **settings))
    ended(start(source, plain, *ONLY, "--plain", under=prefix(alone)))

    assert reached(alone) == set()
    assert reached(in_flow) <= {"127.0.0.1", "::1"}
    assert reached(in_flow) or "strace" not in prefix(in_flow)
    assert_same(every_version(Home(home).warehouse), every_version(Home(plain).warehouse))
    assert_same(standing(Home(home).current, mart_facts()), standing(Home(plain).current, mart_facts()))

    assert ask(home, "SELECT DISTINCT month FROM ops.month_load") == [(date(2025, 2, 1),)]
    assert ask(home, "SELECT count(*) FROM ops.source_file WHERE uri LIKE '%kepesertaan_16%'") == [(0,)]

    database = prefect / "prefect.db"
    [(kind, name, told)] = asked(database, FLOW_RUN)
    assert (kind, name) == ("FAILED", "Failed")
    assert "1 berkas dihentikan / files stopped (empty_file); yang lain sudah dimuat / all else is loaded" in told
    assert stopped not in told
    finished = re.findall(r"Task run '(\w+).*Finished in state Completed", output)
    assert list(dict.fromkeys(finished)) == STEPS
    artifacts = {key: (kind, text) for key, kind, text in asked(database, "SELECT key, type, data FROM artifact")}
    assert {key: kind for key, (kind, _) in artifacts.items()} == ARTIFACTS
    assert stopped in artifacts["load-summary"][1]
    assert "upah_negative" in artifacts["load-summary"][1]
    assert float(artifacts["load-progress"][1]) == 100

    people = Words(
        row[name] for name, rows in files.items() if name[0] == "k" for row in rows for name in ("nik", "kpj", "nama")
    )
    assert people.in_folder(prefect) == {}
    assert people.in_text(output) == set()
