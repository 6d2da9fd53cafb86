"""Slips that a question shows on its face, and why an answer may hold nothing. They are said aside: the question runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from warehouse.asking import ask, literal

TEXT = r"'(?:[^']|'')*'"
TEXTS = rf"({TEXT}(?:\s*,\s*{TEXT})*)"
EQUALS = r'"?\s*(?:==?|<>|!=|(?:\bNOT\s+)?\bIN\s*\()\s*'
PLACE_NAME = re.compile(rf"\b((?:region|province)_code){EQUALS}'([^'\d]+)'", re.I)
FULL_NAME = re.compile(rf"\b((?:region|province)_name){EQUALS}{TEXTS}", re.I)
CODE_AS_NUMBER = re.compile(
    rf'\b(?:region|province)_code(?:{EQUALS}|"?\s*(?:[<>]=?|\bBETWEEN\b)\s*)(\d+(?:\.\d+)?)\b', re.I
)
CODED = re.compile(rf"\b(?!\w*(?:code|name|month|date)\b)(\w+){EQUALS}{TEXTS}", re.I)
PERCENT = re.compile(r"\b(\w+_ratio)\s*(?:[<>]=?|=|\bBETWEEN\b)\s*(\d+(?:\.\d+)?)", re.I)
MID_MONTH = re.compile(r"\b(month\s*(?:=|>=?|<=?)\s*(?:DATE\s*)?)'(\d{4}-\d\d)-(?!01)\d\d'", re.I)
ABOVE_REGENCY = re.compile(rf"\b(?:region_code{EQUALS}'(\d\d)'|level{EQUALS}'(?:province|national)')", re.I)
KIND_OF_PLACE = re.compile(r"^(?:kab(?:upaten)?|kota|prov(?:insi)?)\b\.?\s*", re.I)
IMPOSSIBLE = 5
NATION = "00"
CODES = """
    SELECT column_name AS name, regexp_extract(comment, 'One of: ([^.]+)', 1) AS codes FROM duckdb_columns()
    WHERE NOT internal AND column_name IN ({columns}) AND table_name IN ({relations})
"""
PER_REGENCY = """
    SELECT name FROM (
        SELECT table_name AS name, comment FROM duckdb_tables()
        UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal
    ) WHERE name IN ({relations}) AND name <> 'fact_workforce' AND contains(comment, 'Grain: one row per regency,')
    ORDER BY name LIKE 'fact%'
"""
PLACES = """
    SELECT name FROM mart.dim_region WHERE contains(lower(name), lower({bare})) AND ({any_level} OR level = 'province')
    ORDER BY lower(name) <> lower({bare}), NOT lower(name) IN ('kabupaten ' || lower({bare}), 'kota ' || lower({bare})), 1
"""
CODES_OF_PLACE = """
    SELECT region_code || ' ' || name AS code FROM mart.dim_region
    WHERE contains(lower(name), lower({wanted})) ORDER BY lower(name) <> lower({wanted}), 1 LIMIT 5
"""


def notes(file: Path, sql: str) -> Iterator[str]:
    """Yield what looks like a slip in a question that may well run."""
    for column, name in PLACE_NAME.findall(sql):
        yield f"{column} berisi kode, '{name}' sebuah nama / holds codes, '{name}' is a name{_codes_of(file, name)}"
    for number in CODE_AS_NUMBER.findall(sql):
        yield f"kode adalah teks / codes are text: '{_code(number)}'"
    for column, value in PERCENT.findall(sql):
        if float(value) >= IMPOSSIBLE:
            yield f"{column} adalah pecahan / is a fraction: {float(value) / 100:g}, bukan / not {value}"
    for head, month in MID_MONTH.findall(sql):
        yield f"month adalah hari pertama / is the first day of the month: {head}'{month}-01'"
    yield from _outside_the_codes(file, sql)


def of_nothing(file: Path, sql: str, found: pl.DataFrame) -> Iterator[str]:
    """Yield why an answer may hold nothing: no row, or a single one of zeros and empty values."""
    if found.height > 1 or (found.height and any(value not in (None, 0) for value in found.row(0))):
        return
    for column, texts in FULL_NAME.findall(sql):
        for name in _values(texts):
            if full := _full_names(file, column.lower(), name):
                yield f"{column} berisi nama lengkap / holds full names: {', '.join(full)}"
    if above := ABOVE_REGENCY.search(sql):
        yield from _per_regency(file, sql, above[1])


def _outside_the_codes(file: Path, sql: str) -> Iterator[str]:
    told = [(column.lower(), _values(texts)) for column, texts in CODED.findall(sql)]
    compared = [(column, values) for column, values in told if not _everywhere(column, values)]
    if not compared:
        return
    columns = _listed(column for column, _ in compared)
    known = ask(file, CODES.format(columns=columns, relations=_listed(_words(sql))))
    for column, values in compared:
        lists = known.filter(pl.col("name") == column)["codes"].to_list()
        if not lists or "" in lists or re.search(rf"\bAS\s+{column}\b", sql, re.I):
            continue
        codes = list(dict.fromkeys(code for one in lists for code in one.split(", ")))
        for value in values:
            if value not in codes:
                yield f"{column} tidak mengenal / has no {value}: {', '.join(_nearest(value, codes))}"


def _everywhere(column: str, values: list[str]) -> bool:
    """Return whether every table with this column has the values: what is right needs no second look at the file."""
    from warehouse import vocabulary

    declared = getattr(vocabulary, column.upper(), None)
    codes = vocabulary.LEVELS if column == "level" else getattr(declared, "values", ())
    return set(values) <= set(codes)


def _nearest(value: str, codes: list[str]) -> list[str]:
    """Return the codes that `value` may mean: the same letters, a part of them, nearly the same, or else all."""
    like, by_letters = value.strip("% ").upper(), {code.upper(): code for code in codes}
    same = [like] if like in by_letters else []
    part = [letters for letters in by_letters if len(like) > 2 and like in letters]
    return [by_letters[one] for one in same or part or get_close_matches(like, by_letters)] or codes


def _full_names(file: Path, column: str, name: str) -> list[str]:
    name = name.strip("% ")
    bare = KIND_OF_PLACE.sub("", name)
    found = ask(file, PLACES.format(bare=literal(bare), any_level=column == "region_name"))["name"].to_list()
    is_full = name in found and name != bare
    return [] if is_full else [one for one in found if one != name][:5]


def _per_regency(file: Path, sql: str, code: str | None) -> Iterator[str]:
    """Yield where the figures of a province are, when what is asked holds regencies only."""
    regencies = ask(file, PER_REGENCY.format(relations=_listed(_words(sql))))["name"].to_list()
    if not regencies:
        return
    apart = f"region_code LIKE '{code}.%'" if regencies[0].startswith("fact_") else f"province_code = '{code}'"
    where = "" if code == NATION else f"{apart} " if code else "GROUP BY province_code "
    yield (
        "uang, pemberi kerja dan manfaat ada per kabupaten/kota / money, employers and benefits exist per regency: "
        f"{where}dan jumlahkan / and a sum"
    )


def _codes_of(file: Path, name: str) -> str:
    found = ask(file, CODES_OF_PLACE.format(wanted=literal(name.strip("% "))))["code"].to_list()
    return f": {', '.join(found)}" if found else "; region_name"


def _code(number: str) -> str:
    whole, _, part = number.partition(".")
    if len(whole) == 4:
        whole, part = whole[:2], whole[2:]
    return f"{whole:0>2}.{part:0<2}" if part else f"{whole:0>2}"


def _words(sql: str) -> set[str]:
    """Return the words of a question, among them the relations that it names, also behind a macro."""
    return {word.removesuffix("_as_of") for word in re.findall(r"\w+", sql.lower())}


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(literal, sorted(texts)))


def _values(texts: str) -> list[str]:
    return [text[1:-1].replace("''", "'") for text in re.findall(TEXT, texts)]
