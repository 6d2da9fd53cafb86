"""What the import contracts cannot say: who may compute a frame, who may loop over rows, how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend import ROOT

PACKAGES = ("warehouse", "transforms", "expectations", "flows", "bi")
MOST_LINES = 300
FORMATS = ("csv", "parquet", "json", "ndjson", "excel", "ipc", "database", "delta", "avro")
ROW_BY_ROW = ("map_elements", "map_rows", "map_groups", "iter_rows", "iter_slices", "to_dicts", "rows", "rows_by_key")

MAY_COMPUTE = {
    "warehouse/lake.py": "reads and writes the lake",
    "warehouse/reading/book.py": "reads the header and the footer of a sheet",
    "warehouse/reading/parquet.py": "proves in the sandbox that a file can be read, and reads it",
    "warehouse/reading/rounded.py": "looks whether all national ids of a file are rounded",
    "warehouse/reading/text.py": "reads what landed, behind the proof that it is regular",
    "warehouse/reading/workbook.py": "turns sheets into texts, in the sandbox",
    "warehouse/layouts/tables.py": "reads the grid of a table of figures, which is small",
    "warehouse/layouts/forms.py": "looks at the first rows of a file to see how they are written",
    "expectations/counting.py": "answers all metrics of Great Expectations in one scan",
    "expectations/gate.py": "counts and writes the rows of a group of files in one scan",
    "expectations/facts.py": "counts the rows of a fact in one scan",
    "expectations/splitting.py": "writes accepted and rejected rows in the scan of the gate",
    "expectations/reconcile.py": "adds up control totals of a file",
    "flows/extracts.py": "reads the region codes of the seeds",
    "expectations/opinion/rows.py": "reads the seeds and the calendar, which are small",
    "flows/publishing/remembered.py": "keeps the list of hidden cells",
    "flows/records.py": "loads reference tables, which are small",
    "flows/keys/rotating.py": "writes the files with tokens under another key, beside the lake",
    "flows/packages.py": "prices the classes of own-account workers: a few hundred",
    "flows/quarantine/rows.py": "reads the rejected rows of one file again, for their sender",
    "flows/printing.py": "prints an answer as CSV or JSON, or writes it as Parquet",
    "flows/scanning/landed.py": "reads the ids of landing again, batch by batch, to look for them elsewhere",
    "flows/trace.py": "reads the rows behind the findings of one employer",
}
MAY_LOOP = {
    "warehouse/reading/book.py": "the lines of a header",
    "warehouse/layouts/forms.py": "the ways of writing of a column: a few",
    "warehouse/layouts/tables.py": "the grid of a table of figures, which is small",
    "expectations/splitting.py": "the hints of files: a few each",
    "expectations/tally.py": "the counts of files, one row each",
    "transforms/geography.py": "the region codes of the seeds",
    "flows/assembly.py": "the files of a month",
    "flows/copies.py": "the files of a month that repeat rows of others",
    "flows/copies_since.py": "the rows of changed files that repeat rows of others",
    "flows/claims.py": "published claims, to be printed",
    "flows/packages.py": "the premiums of payers",
    "flows/plan.py": "targets and denominators of a region",
    "flows/quarantine/export.py": "the rejected rows of one file, written for their sender",
    "flows/quarantine/list.py": "rejected rows, to be printed",
    "flows/quarantine/replay.py": "files and rules, to be printed",
    "flows/senders/reporting.py": "the first rejected rows of a rule",
    "flows/demo.py": "eleven regencies",
    "flows/inspecting/inspection.py": "the first rejected rows of a file: ten",
    "flows/figures.py": "the editions of a version, and the names of regions",
    "flows/keeping/verifying.py": "the count and the digest of a table",
    "flows/months.py": "the months that are loaded",
    "flows/printing.py": "the rows of an answer, to be printed",
    "flows/publishing/contents.py": "the columns of the published tables",
    "flows/receipt.py": "the figures listed and the files behind them",
    "flows/records.py": "the files that are loaded",
    "flows/run_records.py": "the runs that are remembered",
    "flows/site_pages.py": "the regencies of a month, to be shown",
    "flows/trace.py": "the rows behind the findings of one employer",
    "flows/watching/change.py": "the regions whose coverage jumped",
    "flows/watching/freshness.py": "the regencies that are missing",
    "flows/state.py": "months, runs and files",
    "flows/written.py": "what one run wrote, and from what",
}
ONLY_IN = {
    "great_expectations": ("expectations/",),
    "prefect": (
        "flows/nightly.py",
        "flows/month_close.py",
        "flows/backfill.py",
        "flows/freshness.py",
        "flows/site.py",
        "flows/operations/",
        "flows/secret.py",
    ),
    "duckdb": ("warehouse/store.py", "warehouse/publish.py", "warehouse/asking.py"),
    "cryptography": ("transforms/identity.py", "flows/at_rest/cipher.py"),
}
SYNTHETIC = "warehouse/synthetic/"


def sources() -> list[str]:
    """Return the files of the product, relative to its root."""
    return [str(path.relative_to(ROOT)) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def calls(file: str) -> Iterator[tuple[str, int]]:
    """Yield the name and the line of everything that a file calls behind a dot."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def imports(file: str) -> Iterator[str]:
    """Yield the top-level packages that a file imports, also late."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def computes(name: str) -> bool:
    """Tell whether a call of this name makes Polars compute, read or write; `read_text` and `read` do not."""
    if name.startswith(("collect", "sink_")):
        return name != "collect_schema"
    return name.startswith(("scan_", "read_", "write_")) and name.rsplit("_", 1)[1] in FORMATS


def found(wanted: dict[str, list[int]], allowed: dict[str, str]) -> tuple[dict[str, list[int]], set[str]]:
    """Return what stands where it may not, and the permissions that nobody needs any more."""
    return {file: lines for file, lines in wanted.items() if file not in allowed}, set(allowed) - set(wanted)


def uses(what: str) -> dict[str, list[int]]:
    """Return the lines of every file that compute, or that go row by row; synthetic extracts hold no real person."""
    held = {
        file: [line for name, line in calls(file) if (computes(name) if what == "compute" else name in ROW_BY_ROW)]
        for file in sources()
        if not file.startswith(SYNTHETIC)
    }
    return {file: lines for file, lines in held.items() if lines}


def test_frames_are_read_written_and_computed_in_few_named_modules() -> None:
    assert found(uses("compute"), MAY_COMPUTE) == ({}, set())


def test_python_goes_row_by_row_only_over_small_tables() -> None:
    assert found(uses("rows"), MAY_LOOP) == ({}, set())
    assert not [file for file in sources() for name, _ in calls(file) if name in ("map_elements", "map_rows")]


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_heavy_library_is_imported_in_its_place_only(package: str) -> None:
    importing = {file for file in sources() if package in imports(file)}
    assert {file for file in importing if not file.startswith(ONLY_IN[package])} == set()
    assert importing


def test_no_file_is_longer_than_a_reader_bears() -> None:
    files = [*sources(), *(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py"))]
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in files}
    assert {file: length for file, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_and_every_public_thing_says_what_it_is() -> None:
    silent = []
    for file in sources():
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        public = [
            node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
        ]
        silent += [f"{file}:{getattr(node, 'name', '')}" for node in (tree, *public) if not ast.get_docstring(node)]
    assert silent == []


def test_transforms_hold_no_state_and_open_nothing() -> None:
    opening = {"open", "connect", "read_text", "read_bytes", "write_text", "getenv", "now", "today", "urlopen"}
    touched = [
        (file, name)
        for file in sources()
        if file.startswith("transforms/")
        for name, _ in calls(file)
        if name in opening
    ]
    assert touched == []


def test_the_permissions_name_files_that_exist() -> None:
    assert [name for name in {*MAY_COMPUTE, *MAY_LOOP} if not Path(ROOT, name).exists()] == []
