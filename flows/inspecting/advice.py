"""From the shapes of a file's texts to the settings that would read it, each with its reason; never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from transforms.sniffing import DATES, FILLED, IN, NUMERIC
from transforms.standardize import DATE_FORMATS
from warehouse.schema import Extract, Parse

MOSTLY = 0.95
SPELT = {"%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd"}


class Advice(NamedTuple):
    """One line of a source's settings and why; `sure` is False where the sender must be asked."""

    key: str
    value: object
    id: str
    en: str
    sure: bool = True


def advice(found: Mapping[str, int], table: type[Extract]) -> list[Advice]:
    """Return the settings that the evidence (see `transforms.sniffing.evidence`) asks for, and the doubts it leaves."""
    return [*_marks(found, table), *_dates(found, table), *_code_system(found, table)]


def _total(found: Mapping[str, int], table: type[Extract], shape: str, *parses: Parse) -> int:
    return sum(found[name + IN + shape] for name, column in table.arriving().items() if column.parse in parses)


def _marks(found: Mapping[str, int], table: type[Extract]) -> list[Advice]:
    shapes = ("indonesian", "english", "dot_or_thousands", "comma_or_thousands")
    indonesian, english, dots, commas = (_total(found, table, one, *NUMERIC) for one in shapes)
    if not dots and not commas:
        return []
    counted = f"{indonesian} x 16.800,00 · {english} x 16,800.00 · {dots} x 16.800 · {commas} x 16,800"
    if indonesian and not english and not commas:
        return _pair(",", ".", f"angka memakai titik untuk ribuan: {counted}", f"dots group the thousands: {counted}")
    if english and not indonesian and not dots:
        return _pair(".", ",", f"angka memakai koma untuk ribuan: {counted}", f"commas group the thousands: {counted}")
    decimal, thousands = (".", ",") if commas and not dots else (",", ".")
    return _pair(
        decimal, thousands, f"tanyakan kepada pengirim, angka bermakna ganda: {counted}",
        f"ask the sender, numbers have two readings: {counted}", sure=False,
    )  # fmt: skip


def _pair(decimal: str, thousands: str, id: str, en: str, *, sure: bool = True) -> list[Advice]:
    return [Advice("decimal", decimal, id, en, sure), Advice("thousands", thousands, id, en, sure)]


def _dates(found: Mapping[str, int], table: type[Extract]) -> list[Advice]:
    columns = [
        name for name, column in table.arriving().items() if column.parse is Parse.DATE and found[name + IN + FILLED]
    ]
    filled = sum(found[name + IN + FILLED] for name in columns)
    fits = {form: sum(found[name + IN + form] for name in columns) for form in DATES}
    enough = MOSTLY * filled
    if not filled or any(fits[form] >= enough for form in DATE_FORMATS if form in fits):
        return []
    whole = [form for form in DATES if fits[form] >= enough]
    if len(whole) == 1:
        told = _spelt(whole[0])
        return [Advice("date_formats", [told], f"semua tanggal berbentuk {told}", f"every date is written {told}")]
    if whole:
        both = ", ".join(map(_spelt, whole))
        return [
            Advice(
                "date_formats", [_spelt(whole[0])], f"tanyakan kepada pengirim, tanggal terbaca sebagai {both}",
                f"ask the sender, the dates can be read as {both}", sure=False,
            )
        ]  # fmt: skip
    used = [_spelt(form) for form in DATES if any(_reads(found, name, form) for name in columns)]
    told = ", ".join(used) or "-"
    return [
        Advice(
            "date_formats", used, f"tidak ada satu bentuk untuk semua tanggal; yang cocok per kolom: {told}",
            f"no one form fits all dates; those that fit a column: {told}", sure=False,
        )
    ]  # fmt: skip


def _reads(found: Mapping[str, int], name: str, form: str) -> bool:
    return found[name + IN + form] >= MOSTLY * found[name + IN + FILLED]


def _code_system(found: Mapping[str, int], table: type[Extract]) -> list[Advice]:
    parses = (Parse.REGENCY, Parse.REGION)
    shapes = ("kemendagri", "bps", "dotted", "names", FILLED)
    home_ministry, statistics, dotted, names, filled = (_total(found, table, one, *parses) for one in shapes)
    codes = filled - names
    if not codes:
        return []
    counted = f"{home_ministry} kemendagri, {statistics} bps, {filled}"
    if dotted == codes or home_ministry > statistics:
        return []
    if statistics > home_ministry:
        return [
            Advice(
                "code_system", "bps", f"lebih banyak kode dikenal BPS: {counted}", f"more codes are BPS's: {counted}"
            )
        ]
    return [
        Advice(
            "code_system", "bps", f"kode empat angka ini ada di kedua sistem, tanyakan kepada pengirim: {counted}",
            f"these codes exist in both systems, ask the sender: {counted}", sure=False,
        )
    ]  # fmt: skip


def _spelt(form: str) -> str:
    for code, word in SPELT.items():
        form = form.replace(code, word)
    return form
