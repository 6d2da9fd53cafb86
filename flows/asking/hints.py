"""What was probably meant: the nearest names after an error, and slips that a question shows on its face."""

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
MONTH = re.compile(r'invalid date field format: "(\d{4}-\d\d)"')
CLOSED = re.compile(r"disabled (?:by|through) configuration")
THEIR_OWN = re.compile(r"^(?:Did you mean|Candidate (?:bindings|tables)).*\n?", re.M)
PLACE_NAME = re.compile(r"\b((?:region|province)_code)\s*(?:=|<>|!=|\bIN\s*\()\s*'([^'\d]+)'", re.I)
PERCENT = re.compile(r"\b(\w+_ratio)\s*(?:[<>]=?|=|\bBETWEEN\b)\s*(\d+(?:\.\d+)?)", re.I)
MID_MONTH = re.compile(r"\b(month\s*(?:=|>=?|<=?)\s*(?:DATE\s*)?)'(\d{4}-\d\d)-(?!01)\d\d'", re.I)
IMPOSSIBLE = 5
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


def notes(file: Path, sql: str) -> Iterator[str]:
    """Yield what looks like a slip in a question that may well run."""
    for column, name in PLACE_NAME.findall(sql):
        yield f"{column} berisi kode, '{name}' sebuah nama / holds codes, '{name}' is a name{_codes_of(file, name)}"
    for column, value in PERCENT.findall(sql):
        if float(value) >= IMPOSSIBLE:
            yield f"{column} adalah pecahan / is a fraction: {float(value) / 100:g}, bukan / not {value}"
    for head, month in MID_MONTH.findall(sql):
        yield f"month adalah hari pertama / is the first day of the month: {head}'{month}-01'"


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
    if found := MONTH.search(said):
        yield f"bulan ditulis sebagai hari pertamanya / a month is its first day: DATE '{found[1]}-01'"
    if CLOSED.search(said):
        yield "pertanyaan tidak membaca berkas lain / a question reads no other file"


def _near(name: str, known: list[str]) -> Iterator[str]:
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


def _codes_of(file: Path, name: str) -> str:
    wanted = literal(name.strip("% "))
    sql = f"""
        SELECT region_code || ' ' || name AS code FROM mart.dim_region
        WHERE contains(lower(name), lower({wanted})) ORDER BY lower(name) <> lower({wanted}), 1 LIMIT 5"""
    found = ask(file, sql)["code"].to_list()
    return f": {', '.join(found)}" if found else "; region_name"
