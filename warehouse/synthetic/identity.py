"""Invented persons: national ids, membership numbers and names that belong to nobody, each person its own."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.synthetic.dice import Ints
from warehouse.synthetic.lives import DISTRICTS, SERIALS, Lives
from warehouse.synthetic.places import distant, neighbours, regencies

FRESH_SERIAL = 9000
MEMBERSHIPS, PERSONS = 4, 40_000_000
FRESH_MEMBERSHIP = 90_000_000_000
ALL_KPJ, STEP = 10**11, 61_803_399
MEN = (
    "Ahmad", "Budi", "Candra", "Dedi", "Eko", "Fajar", "Hendra", "Irwan", "Joko", "Muhammad", "Rahmat", "Slamet", "Yanto", "Zulkifli",
)  # fmt: skip
WOMEN = (
    
    "Aminah", "Dewi", "Fitri", "Halimah", "Indah", "Kartini", "Lestari", "Maryam", "Nurhayati", "Putri", "Ratna", "Siti", "Wati", "Yuni",
)  # fmt: skip
LAST = (
    "Hidayat", "Kurniawan", "Lubis", "Nasution", "Pratama", "Saputra", "Setiawan", "Siregar", "Suryadi", "Syahputra", "Utama", "Wijaya",
)  # fmt: skip


def nik(lives: Lives) -> Ints:
    """Return the national ids as numbers of sixteen digits, one per person and never shared.

    Regency of first registration: the home, its neighbour or a distant one, each with serials of its own kind;
    district and serial come from the person's number, and lives that share them differ in the day of birth.
    """
    moved = lives.dice.pick("first registered", (0.86, 0.10, 0.04))
    index = lives.home.index
    first_codes = np.array([regencies()[place].first_code for place in (index, neighbours()[index], distant()[index])])
    district = 1 + lives.numbers % DISTRICTS
    serial = 1 + 3 * (lives.numbers // DISTRICTS % SERIALS) + moved
    place = first_codes[moved] * 100 + district
    return (place * 1_000_000 + _birth_digits(lives)) * 10_000 + serial


def _birth_digits(lives: Lives) -> Ints:
    days = lives.birth.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months).astype(np.int64) + 1 + np.where(lives.woman, 40, 0)
    month = months.astype(np.int64) % 12 + 1
    year = (months.astype("datetime64[Y]").astype(np.int64) + 1970) % 100
    return np.asarray(day * 10_000 + month * 100 + year, dtype=np.int64)


def membership(lives: Lives, which: int) -> Ints:
    """Return the number of a person's membership `which`, from 0 to MEMBERSHIPS - 1."""
    return (lives.home.index * MEMBERSHIPS + which) * PERSONS + lives.numbers


def kpj(memberships: pl.Series, seed: int) -> pl.Series:
    """Return the KPJ of every membership number: eleven digits, never shared, some beginning with 0; null where null."""
    start = seed * 2_718_281_829 % ALL_KPJ
    return ((memberships * STEP + start) % ALL_KPJ).cast(pl.String).str.zfill(11)


def fresh_memberships(file_number: int, count: int) -> pl.Series:
    """Return membership numbers that no person has, other ones for every file."""
    start = FRESH_MEMBERSHIP + file_number * 100_000
    return pl.Series(np.arange(start, start + count, dtype=np.int64))


def names(lives: Lives) -> pl.Series:
    """Return a name for every person."""
    men, women = (pl.Series([f"{first} {last}" for first in each for last in LAST]) for each in (MEN, WOMEN))
    drawn = lives.dice.roll("name", len(men))
    return pl.concat([men, women]).gather(pl.Series(np.where(lives.woman, drawn + len(men), drawn)))
