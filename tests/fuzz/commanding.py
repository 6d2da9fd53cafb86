"""The command line as a target: words with NUL between them; an error without a name is a find, as it would show its way."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from flows import cli
from flows.discretion import OURS, said_of
from tests.fuzz.drawing import words
from tests.fuzz.taking import Take
from warehouse.disk import refusal_of

GOOD = (
    b"query\0SELECT 1", b"query\0SELECT region_cod FROM coverage WHERE month = '2025-3'\0--json", b"query\0FROM coverage\0--as-of\0" b"2025-03-16",
    b"describe\0coverage", b"tables", b"receipt\0coverage\0region_code=15.03\0month=2025-03", b"claims\0--region\0Jambi\0--csv",
    b"plan\0Sarolangun\0--ratio\0" b"0.9\0--premium\0" b"16800", b"trace\0NPP1\0--month\0" b"2025-03", b"status\0--costs", b"doctor\0--json",
    b"dictionary\0coverage_gap", b"quarantine\0list", b"plan-run\0--source\0nowhere", b"config\0check\0--config\0nowhere.toml",
)  # fmt: skip
VALUES = (
    "coverage", "mart.coverage", "SELECT 1", "SELECT * FROM coverage", "region_code=15.03", "month=2025-03", "15.03", "Jambi", "2025-03",
    "2025-02-30", "0.9", "96.2%", "16800", "NPP1", "-", "nowhere", ".", "/dev/null", "kepesertaan_202503.csv", "SELECT 1/0", "SELECT 'a'::INT", "=",
)  # fmt: skip
HELD_TO = (
    "query", "describe", "tables", "receipt", "claims", "plan", "trace", "status", "dictionary", "quarantine list", "quarantine show",
    "plan-run", "config check", "lineage", "inspect",
)  # fmt: skip
KEPT_FROM = ("--out", "--home", "--force", "--o", "--h", "--diagrams", "--di", "--d", "--connect", "--c")
ALLOWED = ("--config", "--costs", "--csv", "--check")


class Unnamed(AssertionError):
    """An error that the command line could tell by kind and place only."""


def drawn() -> st.SearchStrategy[bytes]:
    """Return command lines of every command that only reads, with its options."""
    return words({command: options for command, options in _known(cli.parser()) if command in HELD_TO}, VALUES)


def taking(home: Path) -> Take:
    """Return what runs a command line on a home."""

    def take(content: bytes) -> None:
        given = [word.decode("utf-8", "replace") for word in content.split(b"\0")]
        first = " ".join(given[:2]) if " ".join(given[:2]) in HELD_TO else given[0]
        if first not in HELD_TO or any(word.startswith(KEPT_FROM) and word not in ALLOWED for word in given):
            given = ["query", "--", "\0".join(given).replace("\0", " ")]
        _run([*given[:1], "--home", str(home), *given[1:]] if given[0] in ("query",) else [*given, "--home", str(home)])

    return take


def _run(given: list[str]) -> None:
    heard: list[BaseException] = []
    before, stdin = os.umask(0o022), sys.stdin
    out, err = io.StringIO(), io.StringIO()
    try:
        sys.stdin = io.StringIO("SELECT 1")
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(cli, "tell", heard.append),
        ):
            cli.main(given)
    except SystemExit:
        pass
    finally:
        sys.stdin = stdin
        os.umask(before)
    for error in heard:
        if (
            not isinstance(error, OURS)
            and refusal_of(error) is None
            and said_of(error) != str(error)
            and not isinstance(error, OSError)
        ):
            raise Unnamed(f"{given[0]}: {said_of(error)}") from error
    if "Traceback" in err.getvalue():
        raise Unnamed(f"{given[0]}: a traceback")


def _known(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield every command with its options."""
    subs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in subs:
        for name, sub in action.choices.items():
            yield from _known(sub, f"{path} {name}".strip())
    if not subs:
        options = [action.option_strings[-1] for action in parser._actions if action.option_strings]
        yield path, [one for one in options if not one.startswith(KEPT_FROM) or one in ALLOWED]
