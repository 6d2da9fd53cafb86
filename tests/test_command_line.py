"""The command line among other commands: pipes that close early."""

from __future__ import annotations

import subprocess
import sys

from tests.endtoend import ROOT


def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word() -> None:
    command = [sys.executable, "-m", "flows", "dictionary"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1


def dictionary_of(name: str) -> subprocess.CompletedProcess[str]:
    """Return what the command says of one name."""
    command = [sys.executable, "-m", "flows", "dictionary", name]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_dictionary_of_one_name_is_its_part_alone_and_a_wrong_name_is_told_the_nearest() -> None:
    found = dictionary_of("league_table")
    assert found.returncode == 0
    assert found.stdout.startswith("### mart.league_table\n")
    assert found.stdout.count("\n### ") == 0
    wrong = dictionary_of("leage_table")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "mart.league_table" in wrong.stderr
