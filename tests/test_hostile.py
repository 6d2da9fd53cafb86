"""Broken and hostile files: each gives a named error, in bounded memory, and nothing of it is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import folder
from tests.endtoend import ROOT
from tests.malformed import Malformed, corpus

INPUTS = list(corpus())
MOST_MEMORY = 1 << 20
READER = """
import json, re, sys, tempfile
from pathlib import Path
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import scan
from warehouse.sandbox import SANDBOX
from warehouse.tables.minimum_wage import MinimumWage
def highest(process):
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\\s+([0-9]+)", status)[1])
apart = 0
for line in sys.stdin:
    with tempfile.TemporaryDirectory() as scratch:
        try:
            rows = scan(Path(json.loads(line)), MinimumWage, Dialect(), Path(scratch)).frame.collect(engine="streaming").height
            told = {"rows": rows}
        except Stop as stop:
            told = {"rule": stop.rule, "en": stop.en, "id": stop.id}
        except BaseException as broken:
            told = {"raised": type(broken).__name__}
    print(json.dumps(told), flush=True)
    try:
        apart = max(apart, highest(SANDBOX.process))
    except FileNotFoundError:
        pass
SANDBOX.close()
own = highest("self")
print(json.dumps({"memory": own + apart, "own": own, "apart": apart}), flush=True)
"""


@pytest.fixture(scope="module")
def reader() -> Any:
    """Return a process that reads files by their paths, so that its memory can be measured and its death survived."""
    child = subprocess.Popen(
        [sys.executable, "-c", READER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield child
    assert child.stdin and child.stdout
    child.stdin.close()
    found = json.loads(child.stdout.readlines()[-1])
    assert child.wait() == 0
    assert found["memory"] < MOST_MEMORY, f"KiB for the reader and its child: {found}"


def reading(reader: Any, path: Path) -> dict[str, Any]:
    """Return what became of a file: its rows, the rule by which it was refused, or what was raised instead."""
    reader.stdin.write(json.dumps(str(path)) + "\n")
    reader.stdin.flush()
    return dict(json.loads(reader.stdout.readline()))


def test_the_corpus_is_large_enough_and_its_names_differ() -> None:
    assert len({one.name for one in INPUTS}) == len(INPUTS) >= 150


@pytest.mark.parametrize("malformed", INPUTS, ids=lambda one: one.name)
def test_a_malformed_file_is_refused_by_name(reader: Any, tmp_path: Path, malformed: Malformed) -> None:
    path = tmp_path / "landed"
    malformed.make(path)
    found = reading(reader, path)
    path.unlink()
    assert "raised" not in found
    if "" in malformed.rules and "rows" in found:
        return
    assert found.get("rule") in malformed.rules, found


@pytest.mark.parametrize("kind", ["folder", "link", "link to nowhere", "pipe"])
def test_what_is_no_file_is_refused(reader: Any, tmp_path: Path, kind: str) -> None:
    import os

    path = tmp_path / "landed"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/etc/hostname" if kind == "link" else "/nowhere")
    assert reading(reader, path)["rule"] == "not_a_file"


def real(name: str) -> list[str]:
    """Return the members of a corpus of real broken files."""
    path = folder() / f"{name}.zip"
    if not path.exists():
        return []
    with zipfile.ZipFile(path) as archive:
        return [one.filename for one in archive.infolist() if not one.is_dir()]


@pytest.mark.parametrize("corpus", ["parquet_bad_data", "duckdb_csv_sample"])
def test_real_broken_files_of_other_projects_never_break_the_reader(reader: Any, tmp_path: Path, corpus: str) -> None:
    members = real(corpus)
    if not members:
        pytest.skip(f"the corpus {corpus} is not on this machine")
    raised = {}
    with zipfile.ZipFile(folder() / f"{corpus}.zip") as archive:
        for member in members:
            path = tmp_path / "landed"
            path.write_bytes(archive.read(member))
            found = reading(reader, path)
            if "rule" not in found:
                raised[member] = found
    assert raised == {}
