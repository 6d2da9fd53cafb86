"""A few runs that fail, and nobody is found in what they left; fifty of them: `python -m tests.scan_failing`."""

from __future__ import annotations

import os
from pathlib import Path

from tests import scan_failing as failing


def test_nobody_is_found_after_runs_that_failed(tmp_path: Path) -> None:
    all_of = failing.Failures(tmp_path / "all")
    words = ("-m", "tests.failing_step", "flows.records:write", "duckdb")
    assert all_of.load("a step", "--plain", under=words, FAILING_TEXT=all_of.canary()) == 1
    assert [failing.wrong_settings(all_of), failing.broken_key(all_of), failing.failing_question(all_of)] == [1, 1, 1]
    said = "".join(one.read_text() for one in (tmp_path / "all" / "said").iterdir())
    assert "ConversionException at failing_step.py" in said
    assert "settings_wrong" in said or "settings_unreadable" in said
    found, sweep = all_of.findings()
    assert [one.data() for one in found] == []
    assert sweep.files > 30
    assert sweep.unread == {}
    assert all_of.home.joinpath("landing").exists()


def test_somebody_is_found_where_a_run_would_have_told(tmp_path: Path) -> None:
    all_of = failing.Failures(tmp_path / "all")
    (tmp_path / "all" / "said" / "x.err").write_text(f"ConversionException: {all_of.canary()}{os.linesep}")
    assert {Path(one.path).name for one in all_of.findings()[0]} == {"x.err"}
