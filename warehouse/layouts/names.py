"""Names of regions as tables write them: numbers before them, marks behind them, kabupaten or kota left out."""

from __future__ import annotations

import re
from functools import cache

from warehouse.seeds import seed_rows

PREFIX = re.compile(r"^(kabupaten|kab|kota|provinsi|propinsi|prov)\b[ .]*(?:administrasi\b|adm\b)?[ .]*", re.IGNORECASE)
NUMBERED = re.compile(r"^[\[(]?\d{1,4}(?:\.\d{2})?[\])]?\s*[.)\-–:]?\s*(?=[^\W\d_])")
MARKED = re.compile(r"(?:\s*\*+\)?|\s+\d\)|[¹²³⁴]+\)?)$")
CODE = re.compile(r"\d{2}(?:\.?\d{2})?")
DISTRICT = re.compile(r"^(?:kecamatan|kec|distrik|kelurahan|desa)\b\.?", re.IGNORECASE)
FIRST_CITY = 71


def cleaned(text: str) -> str:
    """Return the name of a region without the number before it and the footnote mark behind it."""
    return MARKED.sub("", NUMBERED.sub("", text)).strip()


def names_a_region(text: str) -> bool:
    """Return whether a text is the name of a region, or of several that share it."""
    return _key(cleaned(text)) in _known_names()


def is_code(text: str) -> bool:
    """Return whether a text is the code of a region in either system."""
    return CODE.fullmatch(text) is not None and text.replace(".", "") in _known_codes()


def is_district(text: str) -> bool:
    """Return whether a text says that it names a kecamatan or a village."""
    return DISTRICT.match(cleaned(text)) is not None


def is_bare(text: str) -> bool:
    """Return whether a name says neither kabupaten nor kota nor provinsi."""
    return PREFIX.match(text) is None


def is_province(text: str) -> bool:
    """Return whether a bare name is that of a province."""
    return _key(text) in _bare_names()["province"]


def spelt_out(text: str, kind: str) -> str:
    """Return a bare name as a kabupaten, kota or province of that name; empty when there is none."""
    title = {"kabupaten": "Kabupaten", "kota": "Kota", "province": "Provinsi"}[kind]
    name = _bare_names()[kind].get(letters(text))
    return f"{title} {name}" if name else ""


def shared_names() -> dict[str, str]:
    """Return what a bare name stands for where a bare name is never that of a city, by its letters.

    A name of a regency and a city is the regency's, one of a province and a city the province's; a name that a
    regency and a province share is not here.
    """
    bare = _bare_names()
    regencies = {key: f"Kabupaten {name}" for key, name in bare["kabupaten"].items()}
    provinces = {key: f"Provinsi {name}" for key, name in bare["province"].items()}
    meant = {key: name for key, name in (provinces | regencies).items() if not (key in provinces and key in regencies)}
    return {key: name for key, name in meant.items() if key in bare["kota"]}


def letters(text: str) -> str:
    """Return the small letters of a text: Tanjung Balai and Tanjungbalai agree."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _key(text: str) -> str:
    return letters(PREFIX.sub("", text))


@cache
def _known_names() -> frozenset[str]:
    named = [row["code"] for row in seed_rows("region_codes.csv") if row["system"] == "name"]
    named += [row["name"] for row in seed_rows("regions.csv")]
    return frozenset(key for text in named if (key := _key(text)))


@cache
def _known_codes() -> frozenset[str]:
    return frozenset(row["code"].replace(".", "") for row in seed_rows("region_codes.csv") if row["system"] != "name")


@cache
def _bare_names() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"kabupaten": {}, "kota": {}, "province": {}}
    for row in seed_rows("regions.csv"):
        if row["level"] != "national":
            code, name = row["region_code"], PREFIX.sub("", row["name"])
            kind = "province" if row["level"] == "province" else "kota" if int(code[3:]) >= FIRST_CITY else "kabupaten"
            found[kind][letters(name)] = name
    return found
