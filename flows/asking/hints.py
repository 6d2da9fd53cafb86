"""What was probably meant by a question that is refused: the nearest names, and the form of a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from flows.asking.names import RELATIONS
from warehouse.asking import Refused, ask, literal
from warehouse.errors import Stop

RELATION = re.compile(r'(?:Table|Function|Macro) with name "?(?:\w+\.)*(\w+)"? does not exist')
COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')
UNSET = re.compile(r"Values were not provided for the following prepared statement parameters: (.+)")
INTERNAL = re.compile(r'(?:schema|Schema with name) "?(core|ops)"? does not exist')
DAY = re.compile(r'(?:invalid date field format|date field value out of range): "([^"]*)"')
CLOSED = re.compile(r"disabled (?:by|through) configuration")
THEIR_OWN = re.compile(r"^(?:Did you mean|Candidate (?:bindings|tables)).*\n?", re.M)
YEAR = re.compile(r"(?<!\d)20\d\d")
OF_YEAR = re.compile(r"^\s*(?:20\d\d\D?(\d\d?)(?!\d)|(\d\d?)\D20\d\d$)")
WORD = re.compile(r"[A-Za-z]{3}")
CLAIMS = "claim_check (angka yang diumumkan / published claims), benefit (manfaat yang dibayar / benefits paid)"
MEANT = dict.fromkeys(("claim", "claims", "klaim"), CLAIMS)
FUNCTIONS = "SELECT DISTINCT function_name AS name FROM duckdb_functions()"
WHO_HAS = """
    SELECT column_name AS name, schema_name || '.' || table_name AS place, contains(lower({sql}), table_name) AS asked
    FROM duckdb_columns() WHERE NOT internal
    ORDER BY asked DESC, table_name LIKE 'fact%', place
"""


def explained(file: Path, sql: str, refused: Refused) -> Stop:
    """Return the refusal of a question with the names that were probably meant, instead of DuckDB's guesses."""
    found = list(_causes(file, sql, refused.said))
    said = THEIR_OWN.sub("", refused.said).replace("\n\n", "\n").strip() if found else refused.said.strip()
    cure = "; ".join(found) or "correct the SQL"
    return Stop("query_refused", said + ("\n" if "\n" in said else ""), "kueri ditolak", cure)


def _causes(file: Path, sql: str, said: str) -> Iterator[str]:
    if found := INTERNAL.search(said):
        yield f"{found[1]} hanya di gudang internal / is in the internal warehouse only: --internal"
    elif found := RELATION.search(said):
        known = FUNCTIONS if "Scalar Function" in said else f"SELECT name FROM ({RELATIONS})"
        yield from _near(found[1], ask(file, known)["name"].to_list())
    if found := COLUMN.search(said):
        yield from _columns_near(file, sql, found[1])
    if found := UNSET.search(said):
        given = " ".join(f"--set {name.strip()}=..." for name in found[1].split(","))
        yield f"beri nilainya / give the values: {given}"
    if found := DAY.search(said):
        yield _day(found[1])
    if CLOSED.search(said):
        yield "pertanyaan tidak membaca berkas lain / a question reads no other file"


def _day(text: str) -> str:
    if month := _month(text):
        return f"bulan ditulis sebagai hari pertamanya / a month is its first day: DATE '{month}-01'"
    return (
        "hari ditulis, dan bulan sebagai hari pertamanya / a day, or a month's first day, is written DATE '2025-03-01'"
    )


def _month(text: str) -> str | None:
    """Return the month as YYYY-MM that a text such as Maret 2025, 03/2025 or 202503 names, None where it names none."""
    from warehouse.calendar import NAMES_EN, NAMES_ID

    year, number, word = YEAR.search(text), OF_YEAR.search(text), WORD.search(text)
    numbers = {name[:3].lower(): place % 12 + 1 for place, name in enumerate(NAMES_ID + NAMES_EN)}
    counted = int(number[1] or number[2]) if number else 0
    month = numbers.get(word[0].lower(), 0) if word else counted
    return f"{year[0]}-{month:02}" if year and 1 <= month <= 12 else None


def _near(name: str, known: list[str]) -> Iterator[str]:
    if name.lower() in MEANT:
        yield f"mungkin maksudnya / did you mean: {MEANT[name.lower()]}"
        return
    near = get_close_matches(name.lower(), sorted(set(known)), n=3)
    if near:
        yield f"mungkin maksudnya / did you mean: {', '.join(near)}"


def _columns_near(file: Path, sql: str, name: str) -> Iterator[str]:
    if f'"{name}"' in sql and not re.fullmatch(r"[a-z_]+", name):
        yield f"teks diapit petik tunggal / a text goes in single quotes: '{name}'"
        return
    known = ask(file, WHO_HAS.format(sql=literal(sql)))
    asked = known.filter(known["asked"])
    for part in (asked, known):
        if near := get_close_matches(name.lower(), part["name"].unique(maintain_order=True).to_list(), n=3):
            places = {one: part.filter(part["name"] == one)["place"].to_list()[:2] for one in near}
            told = ", ".join(f"{one} ({', '.join(place)})" for one, place in places.items())
            yield f"mungkin maksudnya / did you mean: {told}"
            return
