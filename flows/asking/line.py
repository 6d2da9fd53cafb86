"""The line that a person types: when it ends a question, its history, and the completion of names."""

from __future__ import annotations

import os
import readline
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.asking import ask

KEPT = 2_000
COMMANDS = (".as-of", ".csv", ".describe", ".help", ".quit", ".tables")
WORDS = """
    SELECT table_name FROM duckdb_columns() WHERE NOT internal
    UNION SELECT column_name FROM duckdb_columns() WHERE NOT internal
    UNION SELECT function_name || '(' FROM duckdb_functions() WHERE NOT internal
    UNION SELECT upper(keyword_name) FROM duckdb_keywords() WHERE keyword_category = 'reserved'
    ORDER BY 1
"""


def history_file() -> Path:
    """Return where questions are remembered: the user's state folder."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "cakupan" / "sql_history"


@contextmanager
def edited(file: Callable[[], Path]) -> Iterator[None]:
    """Edit lines with history and completion until the block ends; the history is readable by the user alone."""
    kept = history_file()
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(kept, os.O_RDONLY | os.O_CREAT, 0o600))
        kept.chmod(0o600)
        readline.read_history_file(kept)
    readline.set_history_length(KEPT)
    readline.set_completer_delims(" \t\n\"'`=<>,();+-*/|")
    readline.set_completer(Completer(file).word)
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        with suppress(OSError):
            readline.write_history_file(kept)
            kept.chmod(0o600)


class Completer:
    """The names that a word may become, read when first asked for."""

    def __init__(self, file: Callable[[], Path]) -> None:
        self._file = file
        self._known: list[str] = []

    def word(self, start: str, turn: int) -> str | None:
        """Return the name of this turn that begins with `start`, None after the last."""
        if start.startswith(".") and readline.get_line_buffer().startswith(start):
            near = [command for command in COMMANDS if command.startswith(start)]
        else:
            schema, dot, name = start.rpartition(".")
            near = [schema + dot + one for one in self._names() if one.lower().startswith(name.lower())]
        return near[turn] if turn < len(near) else None

    def _names(self) -> list[str]:
        if not self._known:
            self._known = ask(self._file(), WORDS).to_series().to_list()
        return self._known
