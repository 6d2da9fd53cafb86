"""Texts of others on a terminal and in Markdown: they are seen, and do nothing."""

from __future__ import annotations

import re

KEPT = "\n\t"
ACTIVE = re.compile(r"([\\`*\[\]<>|])")


def printable(text: str) -> str:
    """Return `text` with a blank for every mark that a terminal might obey: escapes, bells, changes of direction, halves of letters."""
    return "".join(mark if mark.isprintable() or mark in KEPT else " " for mark in text)


def in_markdown(text: str) -> str:
    """Return `text` in one line without markup: no link, image, HTML, code or table is made of it."""
    return ACTIVE.sub(r"\\\1", " ".join(printable(text).split()))
