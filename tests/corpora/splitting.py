"""A second opinion on text with separators: one letter after the other, by nothing but the rule."""

from __future__ import annotations

LINE_ENDS = "\r\n"
Records = list[list[str]]


class Doubtful(Exception):
    """A text whose quotes can be read in two ways."""


def records(text: str, separator: str) -> Records:
    """Return the fields of every record; empty lines are none.

    Quotes stand around a whole field, doubled inside, or in pairs within a field that has none around it. Raises Doubtful.
    """
    found: Records = []
    at, line = 0, list[str]()
    while at < len(text):
        if not line and text[at] in LINE_ENDS:
            at += 1
            continue
        field, at = _quoted(text, at + 1) if text[at] == '"' else _plain(text, at, separator)
        line.append(field)
        if at < len(text) and text[at] == separator:
            at += 1
            if at < len(text) and text[at] not in LINE_ENDS:
                continue
            line.append("")
        if at < len(text) and text[at] not in LINE_ENDS:
            raise Doubtful("text behind a quote")
        found.append(line)
        line = []
    return found


def _quoted(text: str, at: int) -> tuple[str, int]:
    field = ""
    while (end := text.find('"', at)) >= 0:
        field += text[at:end]
        if text[end + 1 : end + 2] != '"':
            return field, end + 1
        field, at = field + '"', end + 2
    raise Doubtful("a quote that is never closed")


def _plain(text: str, at: int, separator: str) -> tuple[str, int]:
    end = at
    while end < len(text) and text[end] != separator and text[end] not in LINE_ENDS:
        end += 1
    field = text[at:end]
    if field.count('"') % 2 or field.lstrip().startswith('"'):
        raise Doubtful("a quote inside a field")
    return field, end
