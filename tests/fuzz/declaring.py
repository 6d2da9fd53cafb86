"""Settings as a target: drawn from the schema of the settings itself, right and wrong, and then obeyed in reading a small file."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from datetime import date
from encodings.aliases import aliases
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from flows import settings
from tests.fuzz.drawing import Bytes, cells, mutations_of, texts
from tests.fuzz.taking import reading
from tests.malformed.texts import GOOD as FILE
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.tables.minimum_wage import MinimumWage

ROOT = Path(__file__).parents[2]
NAMES = ("kepesertaan_1503.csv", "bps/umk.xlsx", "umk.csv", "a/b/c")
BARE = re.compile(r"[A-Za-z0-9_-]+")
WORDS = (
    "utf-8", "cp1252", "utf-16", "hex", "rot13", "idna", "utf-7", "undefined", "punycode", "unicode_escape", "dd-mm-yyyy", "%Y%m%d", "%Q", "%",
    "yyyy", "", "2GB", "1e9GB", "-1", "kepesertaan_*.csv", "**", "[", "(?P<kode_kab>\\d+)", "(a+)+$", "(?P<x", "umk", "jambi", "*", "1", "kode_kab",
    "upah", "wage_idr > 1", "region_code = '15.03'", "1 = 1", "segment", "JKK,JKM", "https://contoh.example/a/", "sftp://u@h/x", "s3://b/p", "file:///x",
    "postgresql://u@h/d", "CAKUPAN_X", "15.03", "a" * 300,
)  # fmt: skip


def _of_docs() -> list[bytes]:
    found = "".join(
        (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("settings", "corrections", "layouts")
    )
    return [one.partition("```")[0].encode() for one in found.split("```toml\n")[1:]]


GOOD = ((ROOT / "cakupan.toml").read_bytes(), *_of_docs())
SCHEMA = settings.Settings.model_json_schema()
FORMS = ("dd-mm-yyyy", "%d.%m.%Y", "%Y%m%d", "%Q", "%H", "%", "yyyy", "%d%d", "%c", "%s")
ENCODINGS = tuple(sorted({*aliases.values(), "idna", "undefined", "punycode", "utf-8-sig", "mbcs"}))
PATTERNS = ("", ".", "./", "**", "[", "*", "kepesertaan_*.csv", "bps/*", "/")
strings = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), cells, texts)
wrong = st.one_of(
    strings,
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.lists(strings, max_size=2),
    st.dates(date(1, 1, 1)),
)
HINTS: dict[str, st.SearchStrategy[Any]] = {
    "encoding": st.sampled_from(ENCODINGS),
    "date_formats": st.lists(st.sampled_from(FORMS), min_size=1, max_size=2),
    **dict.fromkeys(("glob", "files", "member"), st.sampled_from(PATTERNS)),
}


def drawn() -> Bytes:
    """Return settings files: of known keys with values of their types, seldom of others, and some with changed bytes."""
    made = _of(SCHEMA, 0).map(toml)
    return st.one_of(made, made, mutations_of(made))


def take(content: bytes) -> None:
    """Load a settings file, ask it all that a load asks it, and read a file as it says."""
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Stop):
        path = Path(folder) / "cakupan.toml"
        path.write_bytes(content)
        found = settings.load(path)
        found.of_engine()
        found.limits.as_limits()
        dialects: list[Dialect] = [found.dialect_of(name) for name in NAMES]
        for name in NAMES:
            found.corrections_of(found.kind_of(name) or "umk", name)
        for dialect in {repr(one): one for one in dialects}.values():
            if dialect != Dialect():
                reading(MinimumWage, dialect)(FILE)


def _of(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Return values of a schema, now and then of none."""
    right = _right(schema, depth)
    return right if depth == 0 else st.integers(0, 11).flatmap(lambda dice: wrong if dice == 0 else right)


def _right(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _of_object(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], depth)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            kinds = [one for one in schema[several] if one.get("type") != "null"]
            return st.sampled_from(kinds).flatmap(lambda one: _right(one, depth))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    kind = schema.get("type")
    if kind == "object":
        return _of_object(schema, depth)
    if kind == "array":
        inner = schema.get("items", {"type": "string"})
        return st.lists(_of(inner, depth + 1), max_size=2) if depth < 4 else st.just([])
    plain: dict[Any, st.SearchStrategy[Any]] = {
        "integer": st.integers(-1, 40), "number": st.floats(0, 2), "boolean": st.booleans(), "string": strings,
    }  # fmt: skip
    return plain.get(kind, strings)


def _of_object(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        inner = schema.get("additionalProperties", {"type": "string"})
        inner = inner if isinstance(inner, dict) else {"type": "string"}
        keys = st.sampled_from(("bps", "umk", "kode_kab", "upah_minimum", "Kolom A", "dasar", "c1", ""))
        return st.dictionaries(keys, _of(inner, depth + 1), max_size=2) if depth < 5 else st.just({})
    if depth > 5:
        return st.just({})
    known = {key: HINTS[key] if key in HINTS else _later(one, depth + 1) for key, one in schema["properties"].items()}
    needed = {key: known[key] for key in schema.get("required", ()) if key in known}
    few = st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True)
    return few.flatmap(lambda keys: st.fixed_dictionaries({**needed, **{key: known[key] for key in keys}}))


def _later(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: _of(schema, depth))


def toml(value: Any) -> bytes:
    """Return a settings file that holds the values, every table of it inline but the top."""
    return "".join(f"{_key(key)} = {_inline(one)}\n" for key, one in value.items()).encode("utf-8", "replace")


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, str) else str(value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key)
