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
