"""No text of a library that quotes a row reaches a terminal, a log or Prefect; only our own errors are told as they are."""

from __future__ import annotations

import ast
import io
import json
import logging
import os
import resource
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pydantic import BaseModel

from flows import cli
from flows.discretion import be_discreet, said_of
from flows.entry import guarded
from flows.operations.tasks import without_texts
from flows.steps import plain
from tests.endtoend import ROOT
from tests.scanner import Words
from warehouse.errors import StepFailed, Stop

CANARY = "1503014502900017"


class Strict(BaseModel):
    """A model that refuses a text where a number is due, and quotes it."""

    number: int


def of_arrow() -> None:
    """Fail as PyArrow does on a value it cannot cast."""
    pc.cast(pa.array([f"x{CANARY}"]), pa.int64())


LIBRARIES: dict[str, Callable[[], object]] = {
    "duckdb": lambda: duckdb.sql(f"SELECT CAST('x{CANARY}' AS INTEGER)").fetchall(),
    "polars": lambda: pl.Series([f"x{CANARY}"]).str.to_date(),
    "polars SQL": lambda: pl.sql_expr(f"'{CANARY}"),
    "pyarrow": of_arrow,
    "pydantic": lambda: Strict.model_validate({"number": f"x{CANARY}"}),
    "python": lambda: int(f"x{CANARY}"),
    "json": lambda: json.loads(f"x{CANARY}"),
    "a key": lambda: dict[str, str]()[CANARY],
}


@pytest.fixture
def discreet() -> Iterator[None]:
    """Make this process discreet for one test."""
    kept = sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogRecordFactory()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        be_discreet()
        yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = kept[:3]
    logging.setLogRecordFactory(kept[3])


def failing(library: str) -> BaseException:
    """Return the error of a library that quotes the canary."""
    try:
        LIBRARIES[library]()
    except Exception as error:
        return error
    raise AssertionError(library)


@pytest.mark.usefixtures("discreet")
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_quotes_and_a_command_does_not(
    library: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = failing(library)
    monkeypatch.setattr("flows.commands.status", lambda _: LIBRARIES[library]())
    assert cli.main(["status", "--home", "nowhere"]) == cli.FAILED
    said = capsys.readouterr()
    assert type(error).__name__ in said.err
    assert Words([CANARY]).in_text(said.err + said.out + said_of(error)) == set()


@pytest.mark.parametrize("library", ["duckdb", "polars", "pyarrow", "pydantic"])
def test_no_library_stands_behind_the_error_of_a_step(library: str) -> None:
    with pytest.raises(StepFailed) as in_step:
        guarded(plain)("a step", LIBRARIES[library])
    with pytest.raises(StepFailed) as in_flow, without_texts():
        LIBRARIES[library]()
    assert CANARY in str(failing(library)) or library == "polars"
    assert in_step.value.__context__ is None
    assert in_flow.value.__suppress_context__ or in_flow.value.__context__ is None


def test_our_own_errors_and_the_system_s_are_told() -> None:
    assert said_of(Stop("a_rule", "en", "id", "cure")) == "a_rule: id / en — cure"
    with pytest.raises(OSError) as missing:
        Path("/nowhere/at/all").read_text(encoding="utf-8")
    assert said_of(missing.value) == "/nowhere/at/all: No such file or directory"


@pytest.mark.usefixtures("discreet")
def test_messages_of_libraries_are_told_by_kind_and_place() -> None:
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    for name in ("asyncssh", "great_expectations", "prefect.testing"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        try:
            LIBRARIES["duckdb"]()
        except duckdb.Error as error:
            logger.exception("a run failed: %r", error)
            if not name.startswith("prefect"):
                logger.error("row %s", CANARY)
        logger.removeHandler(handler)
    assert Words([CANARY]).in_text(kept.getvalue()) == set()
    assert "a run failed: ConversionException at test_discretion.py" in kept.getvalue()
    assert kept.getvalue().count("ERROR at test_discretion.py") == 4


@pytest.mark.usefixtures("discreet")
def test_warnings_and_errors_of_threads_are_told_by_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    warnings.showwarning(UserWarning(CANARY), UserWarning, "/x/y.py", 7)
    thread = threading.Thread(target=LIBRARIES["duckdb"])
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "UserWarning at y.py:7" in said
    assert "ConversionException at " in said
    assert Words([CANARY]).in_text(said) == set()


def test_a_process_leaves_no_core_and_nothing_for_others(tmp_path: Path) -> None:
    code = (
        "import os, resource, runpy, sys; from flows.cli import main; os.umask(0); main(['dictionary', 'nothing.here']);"
        "open(sys.argv[1], 'w').close(); print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "made"], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "0\n", done.stderr
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o640


def test_every_flow_does_all_it_does_where_texts_are_kept_back() -> None:
    found = {}
    for file in (ROOT / "flows").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(one).startswith("flow(") for one in node.decorator_list
            ):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                rest = "".join(type(one).__name__ for one in body[1:]).removesuffix("Return")
                found[node.name] = ast.unparse(body[0]).split("\n")[0] + rest
    assert (
        found.pop("nightly")
        == "return ending(load_in_flow(load, load.month, load.regions, wait_seconds=60 * load.wait_minutes))"
    )
    assert set(found.values()) == {"with without_texts():"}
    assert {"backfill", "freshness", "month_close", "site"} <= set(found)


def test_nothing_is_kept_of_the_process_that_others_may_read() -> None:
    before = os.umask(0), resource.getrlimit(resource.RLIMIT_CORE)
    be_discreet()
    assert os.umask(before[0]) == 0o027
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
