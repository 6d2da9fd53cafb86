"""The cookbook: pages of questions whose snippets run in a home and whose outputs stand below them.

A fenced block of `sql`, `python` or `sh` that a block of `text` follows is a snippet; the text is what it prints. The
line "Home: `demo-months`" of a page names the home in which its snippets run, `demo` without one. `sql internal` asks the
internal warehouse.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.cli import main as cakupan

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "docs" / "cookbook"
INDEX = BOOK / "README.md"
PAGES = [*sorted(BOOK.glob("*.md")), ROOT / "docs" / "first-steps.md"]
HOME = re.compile(r"^Home: `([\w-]+)`", re.M)
HEADING = re.compile(r"^## (.+)$", re.M)
SETUP = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
SNIPPET = re.compile(
    r"^```(sql|python|sh)(?: (internal))?\n((?:(?!^```).*\n)+?)```\n\n```text\n((?:(?!```).*\n)*?)```$", re.M
)
COMMAND = '#!/bin/sh\nPYTHONPATH="{root}" exec "{python}" -m flows "$@"\n'


@dataclass(frozen=True)
class Snippet:
    """A block of code of a page, and the output that the page shows."""

    question: str
    language: str
    internal: bool
    code: str
    shown: str
    shown_at: tuple[int, int]

    def printed(self, home: Path) -> str:
        """Return what the snippet prints in `home`, lines without blanks at their ends. Raises what the snippet raises."""
        run = {"sql": self._asked, "python": self._executed, "sh": self._typed}[self.language]
        return "".join(f"{line.rstrip()}\n" for line in run(home).rstrip().splitlines())

    def _asked(self, home: Path) -> str:
        words = ["query", self.code, "--home", str(home), *(["--internal"] if self.internal else [])]
        said = StringIO()
        with redirect_stdout(said):
            code = cakupan(words)
        if code:
            raise ValueError(f"{self.question}: exit code {code}\n{self.code}")
        return said.getvalue()

    def _executed(self, home: Path) -> str:
        said = StringIO()
        with chdir(home), redirect_stdout(said):
            exec(compile(self.code, self.question, "exec"), {"__name__": "__main__"})
        gc.collect()  # what the snippet left open is closed before the next one opens the file in its own way
        return said.getvalue()

    def _typed(self, home: Path) -> str:
        return shell(self.code, home, {"CAKUPAN_HOME": str(home)})


def shell(script: str, folder: Path, more: dict[str, str]) -> str:
    """Return what a shell prints for `script` in `folder`, where `cakupan` is the command of this checkout."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAKUPAN_") or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
    }
    with TemporaryDirectory() as tools:
        command = Path(tools) / "cakupan"
        command.write_text(COMMAND.format(root=ROOT, python=sys.executable), encoding="utf-8")
        command.chmod(0o755)
        path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        typed = subprocess.run(
            ["sh", "-c", script], cwd=folder, env=inherited | path | more, stdout=subprocess.PIPE, text=True
        )
    return typed.stdout


def home_of(page: Path) -> str:
    """Return the name of the home in which the snippets of a page run."""
    named = HOME.search(page.read_text(encoding="utf-8"))
    return named[1] if named else "demo"


def snippets(page: Path) -> Iterator[Snippet]:
    """Yield the snippets of a page from the first to the last."""
    text = page.read_text(encoding="utf-8")
    headings = [(found.start(), found[1]) for found in HEADING.finditer(text)]
    for found in SNIPPET.finditer(text):
        question = [heading for start, heading in headings if start < found.start()][-1]
        yield Snippet(question, found[1], bool(found[2]), found[3], found[4], found.span(4))


def build(folder: Path) -> None:
    """Make the homes in `folder` by the first shell block of the index, typed as it stands there."""
    shell(SETUP.findall(INDEX.read_text(encoding="utf-8"))[0], folder, {})


def rewrite(page: Path, homes: Path) -> None:
    """Replace every output of a page by what its snippet prints now."""
    text = page.read_text(encoding="utf-8")
    for snippet in reversed(list(snippets(page))):
        first, last = snippet.shown_at
        text = text[:first] + snippet.printed(homes / home_of(page)) + text[last:]
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Build the homes where they are missing, run every snippet, and with --write put the outputs into the pages."""
    given = argparse.ArgumentParser("python -m tests.cookbook", description=main.__doc__)
    given.add_argument("--homes", type=Path, default=ROOT, help="the folder of the homes; this one without it")
    given.add_argument("--write", action="store_true", help="put the outputs into the pages")
    given.add_argument("pages", nargs="*", type=Path, help="these pages only")
    asked = given.parse_args()
    homes = asked.homes.resolve()
    if not all((homes / home_of(page) / "published").exists() for page in PAGES):
        build(homes)
    for page in [page.resolve() for page in asked.pages] or PAGES:
        if asked.write:
            rewrite(page, homes)
        else:
            for snippet in snippets(page):
                print(f"## {snippet.question}\n\n{snippet.printed(homes / home_of(page))}")


if __name__ == "__main__":
    main()
