"""Pollutions of a clean extract, in the manner of Pollock's benchmark and beyond it: structure broken, values as they were."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Literal

from tests.corpora.cases import ARRIVING, Case

Quoting = Literal[0, 1]
QUOTING: tuple[Quoting, ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
HEADER = ARRIVING[:7]
ROWS = [
    ["2025-03", "2025-03-16", "1503011203850001", "26133000010", "NPP1", "PU", "TRANSPORTASI"],
    ["2025-03", "2025-03-16", "1503011203850002", "26133000020", 'PT "MAJU", Sarolangun', "PU", ""],
    ["2025-03", "2025-03-16", "1503011203850003", "26133000030", 'CV 10" dan é', "BPU", "ojek; taksi"],
    ["2025-03", "2025-03-16", "1503011203850004", "26133000040", "dua\nbaris", "", "a | b"],
    ["2025-03", "2025-03-16", "1503011203850005", "26133000050", "", "JAKON", "x, y"],
    *([f"2025-0{day}", "2025-03-16", f"150301120385001{day}", f"2613300010{day}", "NPP2", "PU", "PMI"] for day in range(1, 6)),
]  # fmt: skip
WANTED = [HEADER, *ROWS]
STRANGE = (
    ", ", " ,", "::", "||", ",,", "~", "^", "\x01", "\x1f", "\x1e", " ", "  ", "\t ", "; ", "\u00a6", "\u3001", "-", "/", "#", "&", "\\t",
)  # fmt: skip
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "latin-1", "cp1252", "iso8859-15", "cp037",
)  # fmt: skip
LINE_ENDS = ("\r", "\r\n", "\n\r", "\n\n", "\r\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\x1e", ";\n", "")
CONTROLS = ("\x00", "\x01", "\x0b", "\x0c", "\x1a", "\x1b[2J", "\u202e", "\ufeff", "\u2028")
AMID = ("# catatan", "Jumlah", "", " ", ",", ",,,,,,", '""', '"', "Total,10", "sheet 2", '"a\nb"', "-" * 20)


def pollutions() -> Iterator[Case]:
    """Yield the clean extract and every pollution of it; a load of one is right when it gives the clean rows."""
    yield from (Case(f"generated/{name}", content, HEADER, WANTED) for name, content in _contents())


def _contents() -> Iterator[tuple[str, bytes]]:
    for quoting in QUOTING:
        for name, text in _texts(quoting):
            yield f"{name}, quoting {int(quoting)}", text.encode()
    for encoding in ENCODINGS:
        yield f"in {encoding}", _written().encode(encoding)
    yield "two encodings", _written().encode() + _written().encode("utf-16")
    yield "two byte order marks", b"\xef\xbb\xbf" * 2 + _written().encode()
    yield "a byte of no text", _written().encode().replace(b"CV", b"CV\xff")


def _texts(quoting: Quoting) -> Iterator[tuple[str, str]]:
    clean = _written(quoting=quoting)
    lines = _lines(quoting)
    yield "clean", clean
    for mark in (*",;\t|", *STRANGE):
        yield f"separator {mark!r}", _joined(mark, quoting)
    for end in LINE_ENDS:
        yield f"line end {end!r}", end.join(lines) + end
        yield f"one line end {end!r}", "\n".join(lines[:4]) + end + "\n".join(lines[4:])
    for quote in ("'", "`", "\u201c", "\u00ab", ""):
        yield f"quote {quote!r}", clean.replace('"', quote)
    for escape in ("\\", "/", "'", "^", ""):
        yield f"escape {escape!r}", clean.replace('""', f'{escape}"')
    for place, line in product((0, 1, 3, len(lines) - 1, len(lines)), AMID):
        yield f"line {line[:9]!r} before {place}", "\n".join([*lines[:place], line, *lines[place:]])
    yield "the header twice", "\n".join([lines[0], *lines])
    yield "two tables", clean + clean
    yield "two tables with a blank line", clean + "\n" + clean
    yield "a narrower second table", clean + "a,b\n1,2\n"
    yield "a wider second table", clean + _joined(",", quoting).replace("\n", ",1\n")
    yield "no header", "\n".join(lines[1:])
    yield "header over two lines", "\n".join([lines[0][:30], lines[0][30:], *lines[1:]])
    yield "backwards", clean[::-1]
    yield from _in_places(lines)


def _in_places(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what befalls one record at one separator."""
    damage: dict[str, Callable[[str], str]] = {
        "less": lambda _: "", "more": lambda mark: mark * 2, "space": lambda _: " ", "semicolon": lambda _: ";", "tab": lambda _: "\t",
        "quote before": lambda mark: f'"{mark}', "quote behind": lambda mark: f'{mark}"', "two quotes": lambda mark: f'"{mark}"',
        "blank quote": lambda mark: f'{mark} "', "line end": lambda mark: f"{mark}\n", "return": lambda mark: f"\r{mark}",
        "escape": lambda mark: f"\\{mark}", **{f"{one!r} for": partial(_instead, one) for one in CONTROLS},
    }  # fmt: skip
    for row, (name, change) in product(range(len(lines)), damage.items()):
        marks = [
            place for place, letter in enumerate(lines[row]) if letter == "," and lines[row][:place].count('"') % 2 == 0
        ]
        for place in marks:
            line = lines[row][:place] + change(",") + lines[row][place + 1 :]
            yield f"{name} {row}:{place}", "\n".join([*lines[:row], line, *lines[row + 1 :]])


def _instead(text: str, _: str) -> str:
    return text


def _joined(mark: str, quoting: Quoting) -> str:
    """Return the extract with a separator of any length, quoted as that separator asks for."""
    every = quoting == csv.QUOTE_ALL
    quoted = [
        [f'"{cell.replace(chr(34), chr(34) * 2)}"' if every or mark in cell or set(cell) & set('"\n') else cell for cell in row]
        for row in WANTED
    ]  # fmt: skip
    return "".join(mark.join(row) + "\n" for row in quoted)


def _written(quoting: Quoting = csv.QUOTE_MINIMAL) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=quoting, lineterminator="\n").writerows(WANTED)
    return target.getvalue()


def _lines(quoting: Quoting) -> list[str]:
    """Return the records as texts without their ends; one of them has two lines."""
    found = []
    for row in WANTED:
        target = io.StringIO(newline="")
        csv.writer(target, quoting=quoting, lineterminator="").writerow(row)
        found.append(target.getvalue())
    return found
