"""The units for systemd call commands that exist, systemd understands them, and nobody is told a secret that is not theirs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from flows.cli import parser
from flows.context import silent
from flows.operations.serving import Serving
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


def test_the_server_is_told_no_key_and_the_worker_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAKUPAN_KEY", "0" * 64)
    monkeypatch.setenv("CAKUPAN_PREFECT_DATABASE_URL", "postgresql+asyncpg://prefect:sandi@127.0.0.1/prefect")
    serving = Serving(tmp_path, 4200, [], silent)
    assert "CAKUPAN_KEY" not in serving.server.environment
    assert serving.worker.environment["CAKUPAN_KEY"] == "0" * 64
    assert [name for name, value in serving.worker.environment.items() if "sandi" in value] == []
    assert [name for name, value in serving.server.environment.items() if "sandi" in value] == [
        "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    ]
    assert "sandi" not in " ".join([*serving.server.command, *serving.worker.command])


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
