"""A small shell for SQL: history, completion of names, the same hints; every question opens the version of the moment.

Where input is no terminal there is no prompt, and the exit code says whether every question was answered.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import date

from flows.asking.answers import answer, description, file_of, shown, version_of
from flows.asking.names import names
from flows.cli_arguments import say
from warehouse.asking import is_complete
from warehouse.errors import Stop

HELP = """.tables            tabel, view dan makro / what there is
.describe NAME     kolom dan artinya / columns and their meaning
.as-of DAY         jawab seperti diketahui hari itu / answer as known on that day; off
.csv on|off        cetak CSV / print CSV
.help  .quit       pertanyaan diakhiri ; / a question ends with ;"""


class Quit(Exception):
    """The user has asked enough."""


@dataclass
class Shell:
    """One conversation: what was set, the version last read, and whether a question failed."""

    given: Namespace
    csv: bool = False
    as_of: date | None = None
    version: str = ""
    failed: bool = False

    def told(self, text: str) -> None:
        """Answer a question or obey a command; what goes wrong is said, and the conversation goes on."""
        try:
            self._command(text) if text.startswith(".") else self._ask(text)
        except (Stop, ValueError, OSError) as wrong:
            if isinstance(wrong, BrokenPipeError):
                raise
            self.failed = True
            say(f"{wrong}")
        except KeyboardInterrupt:
            self.failed = True
            say("dihentikan / interrupted")

    def _ask(self, sql: str) -> None:
        self._notice()
        found = answer(self.given, sql, as_of=self.as_of)
        print(shown(found, csv=self.csv, json=self.given.json), flush=True)

    def _notice(self) -> None:
        """Say when another version is read than before."""
        now = version_of(file_of(self.given))
        if now != self.version:
            say(f"terbitan baru / a new version: {now}")
        self.version = now

    def _command(self, text: str) -> None:
        word, _, rest = text.rstrip(";").partition(" ")
        rest = rest.strip()
        if word in (".quit", ".exit", ".q"):
            raise Quit
        if word == ".tables":
            print(shown(names(file_of(self.given)), csv=self.csv, json=self.given.json), flush=True)
        elif word == ".describe" and rest:
            print(description(file_of(self.given), rest, csv=self.csv, json=self.given.json), flush=True)
        elif word == ".csv" and rest in ("on", "off"):
            self.csv = rest == "on"
        elif word == ".as-of" and rest:
            self.as_of = None if rest == "off" else _day(rest)
        else:
            print(HELP, flush=True)


def run(given: Namespace) -> int:
    """Hold the conversation until its input ends; return 1 when a question that was piped in failed."""
    typed = sys.stdin.isatty()
    shell = Shell(given, csv=given.csv, version=version_of(file_of(given)))
    with _edited(given) if typed else nullcontext(), suppress(Quit):
        if typed:
            say(f"cakupan sql, terbitan / version {shell.version}; .help")
        for text in statements(typed):
            shell.told(text)
    return int(shell.failed and not typed)


def statements(typed: bool) -> Iterator[str]:
    """Yield commands, and questions up to the line that ends them; the last one may lack its `;`."""
    lines: list[str] = []
    while True:
        try:
            given = input(("     ...> " if lines else "cakupan> ") if typed else "")
        except EOFError:
            break
        except KeyboardInterrupt:
            lines = []
            print(file=sys.stderr)
            continue
        if not lines and given.startswith("."):
            yield given.strip()
            continue
        if lines or given.strip():
            lines.append(given)
        if is_complete("\n".join(lines)):
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _edited(given: Namespace) -> AbstractContextManager[None]:
    from flows.asking import line

    return line.edited(lambda: file_of(given))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text}: tulis / write it as 2025-03-16") from None
