"""The units for systemd call commands that exist, and systemd understands them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from flows.cli import parser
from tests.endtoend import ROOT

UNITS = sorted(path for path in (ROOT / "docs" / "systemd").iterdir() if path.suffix in (".service", ".timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
COMMAND = re.compile(r"^Exec\w+=/opt/cakupan/\.venv/bin/cakupan (.+)$", re.M)
PROGRAM = re.compile(r"(?<==)/opt/cakupan/\.venv/bin/\w+")


def test_every_command_of_a_unit_is_one_of_ours() -> None:
    found = [words for path in SERVICES for words in COMMAND.findall(path.read_text(encoding="utf-8"))]
    assert sorted({shlex.split(words)[0] for words in found}) == ["prefect-setup", "run", "site"]
    for words in found:
        assert parser().parse_args(shlex.split(words)).action


def test_every_timer_starts_a_service_and_those_without_prefect_start_no_server() -> None:
    for path in [path for path in UNITS if path.suffix == ".timer"]:
        text = path.with_suffix(".service").read_text(encoding="utf-8")
        assert "Type=oneshot" in text
        assert "prefect" not in text


def test_what_a_unit_is_told_holds_no_secret() -> None:
    told = (ROOT / "docs" / "systemd" / "cakupan.env").read_text(encoding="utf-8")
    assert not re.search(r"KEY|PASSWORD|DATABASE", told)


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze comes with systemd, which is not here"
)
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = PROGRAM.sub("/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True
    )
    assert (said.returncode, said.stderr) == (0, "")
