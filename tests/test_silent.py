"""Nothing is told to anybody outside: commands run without a network and try none, and what libraries would tell is off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bi.superset.server import Superset
from flows.cli import parser
from flows.quiet import QUIET, be_quiet
from tests.silent import EXAMPLES, Scene, commands, sees_an_attempt
from tests.tracing import REASON, prefix
from warehouse.asking import workbench

SHOWN = ("inspect", "key new")


def test_every_command_has_an_example_that_is_held_to_silence() -> None:
    assert list(EXAMPLES) and set(EXAMPLES) == set(commands(parser()))


@pytest.mark.skipif("strace" not in prefix(Path(os.devnull)), reason=REASON)
def test_commands_without_a_network_try_none_and_one_that_would_is_seen(tmp_path: Path) -> None:
    assert sees_an_attempt(tmp_path)
    scene = Scene(tmp_path)
    assert {name: scene.call(example) for name in SHOWN for example in EXAMPLES[name]} == {name: [] for name in SHOWN}


def test_prefect_is_told_to_count_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in QUIET:
        monkeypatch.delenv(name, raising=False)
    be_quiet()
    from prefect.settings import Settings

    told = Settings()
    assert (told.server.analytics_enabled, told.cloud.enable_orchestration_telemetry) == (False, False)


def test_no_context_of_great_expectations_counts_anything() -> None:
    from expectations.engine import _context

    assert _context().config.analytics_enabled is False


def test_duckdb_fetches_no_extension_draws_no_bar_and_reads_only_what_lies_before_it(tmp_path: Path) -> None:
    names = (
        "autoinstall_known_extensions",
        "autoload_known_extensions",
        "enable_external_access",
        "enable_progress_bar",
    )
    with workbench([], tmp_path / "spill") as bench:
        told = bench.ask("SELECT " + ", ".join(f"current_setting('{name}') AS {name}" for name in names))
    assert told.row(0, named=True) == dict.fromkeys(names, False)


def test_superset_is_started_without_its_counters() -> None:
    told = Superset(Path("python"), Path("home"), Path("folder")).environment
    assert (told["SCARF_ANALYTICS"], told["DO_NOT_TRACK"]) == ("false", "1")
