"""Texts that were made to break things, and the places they are put in: fields, headers, file names and settings.

Without CAKUPAN_NAUGHTY=all the dearer places get our own texts alone; the whole list is a matter of minutes.
"""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.corpora import folder
from tests.extracts import PLAIN, memberships
from tests.fuzz.declaring import SCHEMA
from warehouse.schema import Extract, Parse
from warehouse.seeds import seed_rows

BLANKS = r"[^\S\x1c-\x1f]+"
NUMBER = r"\d(?:[ .\-/]?\d){15,}"
FREE = (Parse.TEXT, Parse.CODE, Parse.URL, Parse.SLUG)
MOST_IN_A_NAME = 200
OWN = [
    "'; DROP TABLE mart.coverage; --", '" OR 1=1 --', "$(touch tersentuh)", "`id`", "| cat /etc/passwd", "../../etc/passwd", "..\\..\\x",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[klik](javascript:alert(1))", "![x](http://example.org/x.png)", "**tebal** | sel",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "{{7*7}}", "${jndi:ldap://example.org/a}", "%s%n%x", "{0.__class__}", "\x1b[2J\x1b]0;judul\x07",
    "\u202egnp.exe", "\u2066a\u2069", "NULL", "None", "nan", "1e309", "Ω≈ç√∫", "田中さん", "👩‍👩‍👧",
    "ﷺ", "Z̤͔a̘l͠go", "\ufeffx", "a\u00a0b", "\u200b", 'baris"satu', "true",
]  # fmt: skip


def strings() -> list[str]:
    """Return our own naughty strings and, where it lies beside the checkout, the big list; NUL stops a file and is not among them."""
    place = folder() / "naughty_strings.zip"
    known: list[str] = []
    if place.exists():
        with zipfile.ZipFile(place) as archive:
            known = json.loads(archive.read("blns.json"))
    return [one for one in dict.fromkeys([*OWN, *known]) if "\0" not in one and len(one) < 2_000]


def is_whole() -> bool:
    """Return whether every place gets every text."""
    return os.environ.get("CAKUPAN_NAUGHTY") == "all"


def some(step: int) -> list[str]:
    """Return the texts for places that are dear: all, or every so many of our own."""
    return strings() if is_whole() else OWN[::step]


def given(text: str) -> str | None:
    """Return what a text is after the blanks around it, which nobody means."""
    return text.strip() or None


def masked(text: str) -> str | None:
    """Return what of a text is stored: blanks are one, and a number as long as a NIK is none."""
    return re.sub(NUMBER, "#", re.sub(BLANKS, " ", text).strip(" ")) or None


def in_every_column(table: type[Extract]) -> list[dict[str, str]]:
    """Return rows in which every column of a kind holds every text once."""
    texts, columns = strings(), list(table.arriving())
    return [
        {name: texts[(row + place) % len(texts)] for place, name in enumerate(columns)} for row in range(len(texts))
    ]


def in_free_columns(table: type[Extract]) -> list[dict[str, str]]:
    """Return rows that are plain but for the columns that take any text, which hold every text once."""
    texts, regencies = (
        strings(),
        [row["region_code"] for row in seed_rows("regions.csv") if len(row["region_code"]) == 5],
    )
    free = free_columns(table)
    plain = PLAIN.get(table.kind, {})
    rows = []
    for row in range(len(texts)):
        made = _plain(table.kind, row) | {
            name: regencies[row % len(regencies)]
            for name, column in table.arriving().items()
            if column.parse in (Parse.REGENCY, Parse.REGION) and (plain.get(name) or column.required)
        }
        rows.append(made | {name: texts[(row + place) % len(texts)] for place, name in enumerate(free)})
    return rows


def free_columns(table: type[Extract]) -> list[str]:
    """Return the columns of a kind that may hold any text."""
    arriving = table.arriving().items()
    return [name for name, column in arriving if column.parse in FREE and not column.values and not column.pattern]


def _plain(kind: str, row: int) -> dict[str, str]:
    if kind == "kepesertaan":
        return memberships("2025-03", "2025-03-16", f"| orang |\n| {row + 1} |")[0]
    same = {
        "tgl_data": "2025-03-16",
        "blth": "2025-03",
        "npp": f"N{row}",
        "nilai": "1",
        "tgl_kejadian": "2025-03-01",
        "tgl_bayar": "2025-03-02",
    }
    needed = {
        "penduduk_bekerja": "9",
        "persen": "50",
        "pagu": "1000",
        "tenaga_kerja": "5",
        "indikator": f"i{row}",
        "no_klaim": f"K{row}",
    }
    plain = PLAIN.get(kind, {})
    return plain | {name: value for name, value in (same | needed).items() if name in plain}


def write(path: Path, headers: Sequence[str], rows: Sequence[dict[str, str]]) -> Path:
    """Return the path of a text with separators, quoted where it must be."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(headers)
        writer.writerows([row.get(header, "") for header in headers] for row in rows)
    return path


def file_names() -> list[str]:
    """Return the texts that a file may be called, in the middle of its name."""
    fit = [one for one in some(5) if "/" not in one and len(one.encode("utf-8", "surrogatepass")) < MOST_IN_A_NAME]
    return [one for one in fit if one.strip()]


def settings_of_texts(schema: dict[str, Any] = SCHEMA, depth: int = 0) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every setting that is a text: keys, 0 for the first of a list, "*" for a key that is free."""
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    kinds = [one for several in ("anyOf", "oneOf") for one in schema.get(several, ())]
    if depth > 8:
        return
    for one in kinds:
        yield from settings_of_texts(one, depth + 1)
    if schema.get("type") == "string":
        yield ()
    if "items" in schema:
        yield from ((0, *rest) for rest in settings_of_texts(schema["items"], depth + 1))
    for key, one in schema.get("properties", {}).items():
        yield from ((key, *rest) for rest in settings_of_texts(one, depth + 1))
    if isinstance(schema.get("additionalProperties"), dict):
        yield ("*",)
        yield from (("x", *rest) for rest in settings_of_texts(schema["additionalProperties"], depth + 1))


def declared(way: Sequence[str | int], text: str) -> Any:
    """Return settings that hold a text where a way leads, as a value, or as a key at a free one."""
    if not way:
        return text
    first, *rest = way
    if first == 0:
        return [declared(rest, text)]
    return {text: "x"} if first == "*" else {str(first): declared(rest, text)}
