"""Texts of others on a terminal and in Markdown: they are seen, and do nothing."""

from __future__ import annotations

import re

KEPT = "\n\t"
ID = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){10}(?:(?:[ .\-]?\d){5})?(?!\d)")
"""What is as long as a KPJ or a NIK, however it is parted."""
MASKED = "***"
ACTIVE = re.compile(r"([\\`*\[\]<>|])")


def printable(text: str) -> str:
    """Return `text` with a blank for every mark that a terminal might obey: escapes, bells, changes of direction, halves of letters."""
    return "".join(mark if mark.isprintable() or mark in KEPT else " " for mark in text)


def without_ids(text: str) -> str:
    """Return `text`, which somebody typed, with nothing in it that might be a NIK or a KPJ."""
    return ID.sub(MASKED, text)


def in_markdown(text: str) -> str:
    """Return `text` in one line without markup: no link, image, HTML, code or table is made of it."""
    return ACTIVE.sub(r"\\\1", " ".join(printable(text).split()))
