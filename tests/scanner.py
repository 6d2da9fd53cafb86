"""The scanner of the product as tests ask it: which of the words stand in which files of a folder, or in a text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from warehouse.scanning.sweep import Sweep
from warehouse.scanning.wanted import Wanted, fold

Found = dict[str, set[str]]


class Words:
    """The words that are looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        """Know the words in every way they may be written."""
        self.words = list({fold(word): word for word in words}.values())

    def in_text(self, text: str) -> set[str]:
        """Return the words that stand in a text."""
        sweep = Sweep(Wanted(self.words))
        sweep.text("text", text)
        return self._named(sweep).get("text", set())

    def in_folder(self, folder: Path, *, without: Iterable[str] = ()) -> Found:
        """Return the words in the files of a folder by the path they were found at, paths included.

        Folders named in `without`, directly below, are left out. A path that gives a word away is told by its shape.
        """
        sweep = Sweep(Wanted(self.words))
        sweep.through([folder], {folder / name for name in without})
        return {str(Path(path).relative_to(folder)): words for path, words in self._named(sweep).items()}

    def _named(self, sweep: Sweep) -> Found:
        found: Found = {}
        for one in sweep.findings:
            found.setdefault(one.path, set()).update(self.words[line - 1] for line in one.words)
        return found
