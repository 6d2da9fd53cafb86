"""The same rows written another way give the same facts: a regional office's CSV dialect beside typed Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.comparing import COLUMNS, Run, differences, oracle, run
from tests.acceptance.generator import Files, good_files, write
from tests.acceptance.rendering import SETTINGS, write_parquet, write_regional


@dataclass(frozen=True)
class Rendered:
    """A home loaded from files in two renderings, and the oracle of the same rows as plain CSV."""

    home: Path
    ended: Run
    oracle: duckdb.DuckDBPyConnection


def _two_months() -> Files:
    """Return every kind as it stood at the end of February, without the snapshots that came later."""
    later = ("0316", "0320", "0430")
    return {name: rows for name, rows in good_files().items() if not name.endswith(later)}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """Of each kind with two files, one is in the regional dialect and the other is Parquet."""
    folder = tmp_path_factory.mktemp("renderings")
    files = _two_months()
    regional = {
        name: rows
        for number, (name, rows) in enumerate(sorted(files.items()))
        if number % 2 or name in ("target", "umk")
    }
    write_regional(folder / "in", regional)
    write_parquet(folder / "in", {name: rows for name, rows in files.items() if name not in regional})
    write(folder / "plain", files)
    (folder / "cakupan.toml").write_text(SETTINGS, encoding="utf-8")
    ended = run(folder / "in", folder / "home", "--config", str(folder / "cakupan.toml"))
    return Rendered(folder / "home", ended, oracle(folder / "plain"))


def test_every_row_of_every_rendering_is_read(rendered: Rendered) -> None:
    counted = (
        rendered.ended.exit_code,
        rendered.ended.result.get("rows_rejected"),
        rendered.ended.result.get("rows_in"),
    )
    assert counted == (0, 0, sum(map(len, _two_months().values()))), rendered.ended.talk


@pytest.mark.parametrize("table", COLUMNS)
def test_the_facts_do_not_depend_on_how_the_rows_are_written(rendered: Rendered, table: str) -> None:
    assert differences(rendered.oracle, rendered.home, table, COLUMNS[table]) == []
