"""From headers and titles to the name, the label and the unit of a figure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from warehouse.layouts.periods import periods_in, without_period

LONGEST = 120
MARK = 8
PATH = " | "
LONG_NUMBER = re.compile(r"\d{9,}")
NUMBER = re.compile(r"^(?:tabel|table|lampiran)\s*[\d.]+[a-z]?\s*[.:\-]?\s*", re.IGNORECASE)
BY_REGION = re.compile(r"[\s,]*\bmen\w{3,6}\s+(?:kabupaten|kab\b|provinsi|wilayah).*$", re.IGNORECASE)
OFFICE = re.compile(
    r"^(?:badan pusat statistik|bps|dinas|kementerian|kemnaker|pemerintah|disnaker|bpjs|provinsi|kabupaten|kota|sumber|data)\b",
    re.IGNORECASE,
)
UNITS = (
    "persen", "percent", "%", "jiwa", "orang", "ribu orang", "ribu jiwa", "rupiah", "rp", "ribu rupiah", "juta rupiah",
    "miliar rupiah", "unit", "tahun", "bulan", "jam", "hektar", "ha", "ton", "km2", "indeks", "perusahaan",
)  # fmt: skip
UNIT = re.compile(rf"[\[(]\s*(?:satuan\s*:?\s*)?({'|'.join(map(re.escape, UNITS))})\s*[\])]", re.IGNORECASE)


def shown(header: str) -> str:
    """Return a header as messages show it: a number as long as an id, which a file without a header may hold there, is #."""
    return LONG_NUMBER.sub("#", header)


def tidy(text: str) -> str:
    """Return a header without line breaks, doubled spaces and footnote marks."""
    return re.sub(r"\s+", " ", text).strip(" *¹²³:")


def slug(parts: Sequence[str]) -> str:
    """Return the name of a figure: small letters, digits and underscores; a long one ends in a mark of the whole."""
    folded = unicodedata.normalize("NFKD", " ".join(parts)).encode("ascii", "ignore").decode("ascii").lower()
    whole = re.sub(r"[^a-z0-9]+", "_", folded).strip("_")
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:MARK]
    return f"{whole[: LONGEST - MARK - 1].rstrip('_')}_{mark}"


def unit_of(texts: Sequence[str]) -> str:
    """Return the one unit that headers or titles state between brackets; empty when they state none or several."""
    found = {match[1].lower() for text in texts for match in UNIT.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def measured(text: str) -> str:
    """Return what a header or title says is measured, without its number, its unit and the words menurut kabupaten/kota."""
    said = BY_REGION.sub("", UNIT.sub("", NUMBER.sub("", tidy(text))))
    return tidy(said).strip(" ,-–")


def title_of(titles: Sequence[str]) -> str:
    """Return what the titles of a table say is measured, without the years; empty when they say nothing.

    The title that is numbered or says menurut kabupaten/kota speaks; otherwise the first that is not the name of an office.
    """
    said = {title: subject for title in titles if (subject := _subject(title)) and not OFFICE.match(title)}
    numbered = [title for title in said if NUMBER.match(title) or BY_REGION.search(title)]
    return next((said[title] for title in (*numbered, *said)), "")


def _subject(title: str) -> str:
    bare = title
    while periods_in(bare) and (shorter := without_period(bare)) != bare:
        bare = shorter
    return measured(bare)
