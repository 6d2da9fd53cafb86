"""Nobody writes but through warehouse.files: beside, synced, renamed, the folder synced. Who does otherwise has a reason."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend import ROOT
from tests.test_architecture import sources
from warehouse.files import folder, placed, point, settle_folder

WRITING = {
    "write_text",
    "write_bytes",
    "mkdir",
    "symlink_to",
    "touch",
    "copyfile",
    "copytree",
    "move",
    "link",
    "hardlink_to",
}
FRAMES = {"write_parquet", "write_csv", "sink_parquet", "sink_csv", "write_xlsx"}
PLACED = {"beside", "seal", "good_rows", "bad_rows", "target", "path"}
"""How a file is called that `placed` or `sealed` has yielded, and that goes to its place when its block ends."""
OTHERWISE = {
    "warehouse/files.py": "this is the place",
    "warehouse/lines.py": "the ledger is appended to and synced before its writer goes on; a torn last line is none",
    "warehouse/runs.py": "the log of a run: its start and its end are synced",
    "flows/receive/partial.py": "what came of a file: synced, noted with its hash, and settled when it is whole",
    "flows/openlineage/telling.py": "events for others, appended to a file that is theirs",
    "flows/at_rest/cipher.py": "writes into a file that its caller places, or to a copy in scratch",
    "flows/keys/places.py": "a key: synced, and linked to its name, so that no other key is written over",
    "flows/keys/switching.py": "a decided change of key: renames that can be repeated, folders synced after them, the old key overwritten",
    "warehouse/lake.py": "gives lake files a second name or another place, for whoever changes the key and syncs the folders",
    "flows/costs.py": "tells the kernel to forget a peak: no file",
    "flows/laid_once.py": "a second name for a lake file that is on the disk already, which is placed",
    "flows/keeping/store_of_backups.py": "copies into a file that is placed",
    "flows/keeping/rebuilding.py": "a hard link to a content that is on the disk already",
    "warehouse/spreadsheet_writer.py": "writes to a file that its caller places",
    "warehouse/store.py": "the file being built, which is settled when it is whole",
    "warehouse/publish.py": "a version being built in a folder of its own, which is settled when it is whole",
    "warehouse/reading/archive.py": "scratch: a packed file, unpacked for the time of a step",
    "warehouse/reading/decoding.py": "scratch: a plain copy for the time of a step",
    "warehouse/reading/workbook.py": "scratch: sheets as texts for the time of a step",
    "flows/inspecting/inspection.py": "scratch: a home that is gone with the answer",
    "flows/quarantine/replay.py": "scratch: the folder that one run receives from",
    "flows/quarantine/export.py": "makes the file that is placed, so that only its owner may read it",
    "flows/asking/harlequin.py": "scratch: settings of one session of a shell",
    "flows/asking/line.py": "what was typed into the shell: a comfort",
    "flows/printing.py": "an answer of a question, in a file that its caller places",
    "flows/cli.py": "no file: a closed pipe",
    "flows/demo.py": "marks made-up extracts as complete",
    "flows/diagrams.py": "documentation of the project, written by a developer",
    "warehouse/metadata/files.py": "descriptions made from the declarations: no data",
    "warehouse/synthetic/__init__.py": "made-up extracts",
    "warehouse/synthetic/writing.py": "made-up extracts",
    "bi/superset/bundle.py": "files of the project, written by a developer",
    "bi/superset/environment.py": "the mark of an environment that can be made again",
    "bi/superset/server.py": "the folder of Superset",
}


def writes(file: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of every call that writes, makes, renames or links, unless its file is being placed."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_writing(node, node.func):
            yield node.lineno, node.func.attr


def is_writing(call: ast.Call, called: ast.Attribute) -> bool:
    """Tell whether a call changes a file system by itself."""
    name, owner = called.attr, called.value.id if isinstance(called.value, ast.Name) else ""
    if name in WRITING:
        return owner not in PLACED
    if name in FRAMES:
        return bool(call.args) and not {one.id for one in call.args if isinstance(one, ast.Name)} & PLACED
    if name == "open":
        return bool(flags(call)) if owner == "os" else opens_to_write(call)
    if name in ("replace", "rename"):
        return owner == "os" or (len(call.args) == 1 and not call.keywords and moves_a_path(called.value, call.args[0]))
    return False


def opens_to_write(call: ast.Call) -> bool:
    """Tell whether a call of `open` names a mode that writes."""
    modes = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(set(mode) <= set("rwabxt+") and set(mode) & set("wax+") for mode in modes)


def flags(call: ast.Call) -> str:
    """Return the flags of `os.open` that make a file to be written, and nothing for others."""
    told = ast.unparse(call)
    return told if any(flag in told for flag in ("O_WRONLY", "O_RDWR", "O_CREAT")) else ""


def moves_a_path(owner: ast.expr, target: ast.expr) -> bool:
    """Tell whether `replace` or `rename` is asked of a path: frames take a mapping, dataclasses and dates keywords."""
    told = ast.unparse(target)
    is_mapping = isinstance(target, ast.Dict) or told.isupper() or told.startswith("dict(")
    return isinstance(owner, ast.Name | ast.BinOp) and not is_mapping


def test_nobody_writes_but_through_the_one_place_and_every_exception_is_needed() -> None:
    found = {file: list(writes(file)) for file in sources()}
    assert {file: told for file, told in found.items() if told and file not in OTHERWISE} == {}
    assert sorted(file for file in OTHERWISE if not found.get(file)) == []


def test_the_place_syncs_the_file_and_every_folder_whose_names_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real, where = os.fsync, "/proc/self/fd/{}"

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(where.format(descriptor)).readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with placed(tmp_path / "a" / "b" / "file") as beside:
        beside.write_text("x")
    point(tmp_path / "a" / "current", "b")
    part = folder(tmp_path / "part" / "inner").parent
    (part / "inner" / "one").write_text("1")
    settle_folder(part, tmp_path / "whole")
    names = [name.removeprefix(str(tmp_path)) or "/" for name in synced]
    assert names[:2] == ["/", "/a"] and names[2].startswith("/a/b/.file.") and names[3:5] == ["/a/b", "/a"]
    assert {"/part/inner/one", "/part/inner", "/part"} <= set(names[5:]) and names[-1] == "/"
    assert (tmp_path / "whole" / "inner" / "one").exists() and (tmp_path / "a" / "current" / "file").read_text() == "x"
