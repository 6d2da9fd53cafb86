"""The regencies of the synthetic country: how many work there, who their neighbours are, what they pay."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from warehouse.errors import Stop
from warehouse.synthetic.dice import Dice, Ints
from warehouse.vocabulary import NATION

EMPLOYED_SHARE, EXCLUDED_SHARE = 0.47, 0.03
COVERED_FROM, COVERED_TO = 0.25, 0.60
WAGE_YEAR, WAGE_GROWTH = 2025, 1.065


@dataclass(frozen=True)
class Regency:
    """A regency: `index` is its place among all, `first_code` what a NIK issued there begins with."""

    index: int
    code: str
    name: str
    kind: str
    first_code: int
    employed_workers: int
    excluded_workers: int
    active_workers: int

    @property
    def digits(self) -> str:
        """Return the code without its point, as file names and numbers of employers carry it."""
        return self.code.replace(".", "")

    @property
    def province(self) -> str:
        """Return the code of its province."""
        return self.code[:2]

    @property
    def is_urban(self) -> bool:
        """True for a kota."""
        return self.kind == "kota"


@cache
def seed_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a seed file by column name; empty text where nothing is known."""
    text = files("warehouse.seeds").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def regencies() -> tuple[Regency, ...]:
    """Return every regency in order of code.

    Workers come from the calibration where there is one; elsewhere they are assumed shares of the population.
    """
    known = {row["region_code"]: row for row in seed_rows("jambi_calibration.csv")}
    codes = seed_rows("region_codes.csv")
    former = {
        row["region_code"]: row["code"] for row in codes if (row["system"], row["edition"]) == ("kemendagri", "2022")
    }
    found = [row for row in seed_rows("regions.csv") if row["level"] == "regency"]
    covered = Dice(0, np.arange(len(found))).share("covered") * (COVERED_TO - COVERED_FROM) + COVERED_FROM
    return tuple(
        Regency(
            index, row["region_code"], row["name"], row["kind"], int(former.get(row["region_code"], row["region_code"]).replace(".", "")),
            *_workers(row, known.get(row["region_code"]), float(covered[index])),
        )
        for index, row in enumerate(found)
    )  # fmt: skip


def _workers(row: dict[str, str], known: dict[str, str] | None, covered: float) -> tuple[int, int, int]:
    if known:
        return int(known["employed_workers"]), int(known["excluded_workers"]), int(known["active_workers"])
    employed = round(int(row["population"]) * EMPLOYED_SHARE / 10) * 10
    excluded = round(employed * EXCLUDED_SHARE / 10) * 10
    return employed, excluded, round((employed - excluded) * covered)


def chosen(codes: tuple[str, ...]) -> tuple[Regency, ...]:
    """Return the regencies that lie in any of `codes`: regencies, provinces or 00 for all.

    Raises Stop for a code in which no regency lies.
    """
    for code in codes:
        if code != NATION and not any(code in (place.code, place.province) for place in regencies()):
            raise Stop(
                "region_unknown",
                f"no regency lies in {code}",
                f"tidak ada kabupaten/kota dalam {code}",
                "such as 15, 15.03 or 00",
            )
    return tuple(place for place in regencies() if {place.code, place.province, NATION} & set(codes))


@cache
def neighbours() -> Ints:
    """Return the index of the next regency of the same province, one per regency; the last leads to the first."""
    provinces = np.array([place.province for place in regencies()])
    ahead = np.arange(1, len(provinces) + 1) % len(provinces)
    firsts = np.searchsorted(provinces, provinces)
    return np.where(provinces[ahead] == provinces, ahead, firsts).astype(np.int64)


@cache
def distant() -> Ints:
    """Return the index of a regency far away, one per regency; two regencies have each other."""
    count = len(regencies())
    return (np.arange(count, dtype=np.int64) + count // 2) % count


def sender(place: Regency, partners: Ints) -> Regency:
    """Return the regency whose partner `place` is."""
    return regencies()[int(np.flatnonzero(partners == place.index)[0])]


@cache
def minimum_wages(year: int) -> Ints:
    """Return an invented minimum wage of the year in rupiah, one per regency: no decree says it."""
    urban = np.array([place.is_urban for place in regencies()])
    base = 2_500_000 + Dice(0, np.arange(len(urban))).roll("minimum wage", 2_400_000)
    return np.asarray(base * np.where(urban, 1.1, 1.0) * WAGE_GROWTH ** (year - WAGE_YEAR), dtype=np.int64)


@cache
def shared_names() -> tuple[str, ...]:
    """Return the names that a kabupaten and a kota share: alone they name no single region."""
    bare = [place.name.removeprefix("Kabupaten ").removeprefix("Kota ") for place in regencies()]
    return tuple(sorted({name.upper() for name in bare if bare.count(name) > 1}))
