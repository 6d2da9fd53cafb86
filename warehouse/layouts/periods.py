"""Years and months in the headers and titles of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

MONTHS = (
    "januari|january|jan", "februari|pebruari|february|feb", "maret|march|mar", "april|apr", "mei|may", "juni|june|jun",
    "juli|july|jul", "agustus|august|agu|agt|ags|aug", "september|sept|sep", "oktober|october|okt|oct",
    "november|nopember|nov|nop", "desember|december|des|dec",
)  # fmt: skip
NAMES = "|".join(MONTHS)
YEAR = r"(?:19|20)\d{2}"
MONTH_AND_YEAR = re.compile(
    rf"(?<![^\W_])(?:tahun\s+|th\.?\s+)?(?:(?P<name>{NAMES})\.?[\s,\-]+)?(?P<year>{YEAR})(?:[-/](?P<month>0[1-9]|1[0-2]))?(?![\d])(?:\.0\b)?",
    re.IGNORECASE,
)
ONLY_MONTH = re.compile(rf"(?P<name>{NAMES})\.?", re.IGNORECASE)
AROUND = r"[\s(),.:;*¹²³\])\-–]*"
PURE = re.compile(rf"{AROUND}{MONTH_AND_YEAR.pattern}{AROUND}(?:\d\)|r|x|rev)?{AROUND}", re.IGNORECASE)


def periods_in(text: str) -> list[str]:
    """Return the periods that a text names, YYYY or YYYY-MM, each once and in order."""
    return list(dict.fromkeys(_period(found) for found in MONTH_AND_YEAR.finditer(text)))


def pure_period(text: str) -> str:
    """Return the period that a text is and nothing else, such as Agustus 2023 or Tahun 2021; empty for any other."""
    found = PURE.fullmatch(text)
    return _period(found) if found else ""


def pure_month(text: str) -> str:
    """Return the month, 01 to 12, of a text that is the name of one; empty for any other."""
    found = ONLY_MONTH.fullmatch(text.strip())
    return _number(found["name"]) if found else ""


def without_period(text: str) -> str:
    """Return a text without the years and months in it, nor the word or sign that led to them."""
    return re.sub(
        rf"(?:,|\bpada|\bdi|\btahun|\bth\.?)?\s*{MONTH_AND_YEAR.pattern}", "", text, flags=re.IGNORECASE
    ).strip(" ,-–(")


def period_of(parts: Sequence[str]) -> tuple[str, list[str]]:
    """Return the one period that the parts of a header name, and the parts without it; empty when there is none or several.

    A part that is a period and nothing else decides; a span such as 2021-2025 says nothing.
    """
    pure = {part: period for part in parts if (period := pure_period(part))}
    months = [part for part in parts if pure_month(part)]
    if len(set(pure.values())) == 1:
        [period] = set(pure.values())
        rest = [part for part in parts if part not in pure]
        if len(months) == 1 and len(period) == 4:
            return f"{period}-{pure_month(months[0])}", [part for part in rest if part not in months]
        return period, rest
    inside = {found[0] for part in parts if len(found := periods_in(part)) == 1}
    if not pure and len(inside) == 1:
        return inside.pop(), [without_period(part) for part in parts]
    return "", list(parts)


def _period(found: re.Match[str]) -> str:
    month = found["month"] or (_number(found["name"]) if found["name"] else "")
    return f"{found['year']}-{month}" if month else found["year"]


def _number(name: str) -> str:
    place = next(place for place, names in enumerate(MONTHS, 1) if name.lower() in names.split("|"))
    return f"{place:02}"
