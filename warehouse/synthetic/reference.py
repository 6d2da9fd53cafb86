"""The small extracts: working population, coverage targets and minimum wages of a province."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from warehouse.synthetic.dice import Dice, Ints
from warehouse.synthetic.places import Regency, minimum_wages, seed_rows
from warehouse.synthetic.plan import Plan

SYNTHETIC = "sintetis, bukan penetapan resmi"
SURVEY = "Sakernas (sintetis)"
BASE_YEAR, GROWTH, OLDER_RELEASE = 2024, 1.015, 0.97
TARGET_FROM, TARGET_TO = 0.45, 0.75


def survey_years(plan: Plan) -> range:
    """Return the years whose August survey may be in use in the months of the plan: two of them at least."""
    return range(min(plan.months).year - 2, max(plan.months).year)


def workforce(places: list[Regency], year: int) -> pl.DataFrame:
    """Return the extract penduduk_bekerja of the August survey of `year`, released in December.

    The survey before the calibrated one is the one that targets in workers were set on, where such a target is known.
    """
    eligible = {place.code: _eligible(place, year) for place in places}
    return pl.DataFrame(
        {
            "kode_kab": list(eligible),
            "periode": f"{year}-08",
            "penduduk_bekerja": [eligible[place.code] + place.excluded_workers for place in places],
            "asn_tni_polri": [place.excluded_workers for place in places],
            "sumber": SURVEY,
            "tgl_rilis": date(year, 12, 20),
        }
    )


def _eligible(place: Regency, year: int) -> int:
    calibrated = place.employed_workers - place.excluded_workers
    if year == BASE_YEAR:
        return calibrated
    older = _implied_by_target().get(place.code, round(calibrated * OLDER_RELEASE))
    start, since = (calibrated, year - BASE_YEAR) if year > BASE_YEAR else (older, year - BASE_YEAR + 1)
    return round(start * GROWTH**since)


def _implied_by_target() -> dict[str, int]:
    stated = [row for row in seed_rows("targets.csv") if row["target_workers"]]
    return {row["region_code"]: round(int(row["target_workers"]) / float(row["target_ratio"])) for row in stated}


def targets(places: list[Regency], year: int) -> pl.DataFrame:
    """Return the extract target of a year: what the seeds cite, and invented regency targets where they cite none."""
    codes = [places[0].province, *(place.code for place in places)]
    known = {(row["region_code"], row["frame"]): row for row in seed_rows("targets.csv") if int(row["year"]) == year}
    indices = [place.index for place in places]
    aims = Dice(year, pl.Series([1000 + int(codes[0]), *indices], dtype=pl.Int64).to_numpy()).share("target")
    rows: list[tuple[object, ...]] = []
    for code, aim in zip(codes, aims, strict=True):
        for frame in ("DAERAH", "KEMENDAGRI"):
            invented = round(TARGET_FROM + (TARGET_TO - TARGET_FROM) * float(aim) + 0.1 * (frame == "DAERAH"), 3)
            rows.append((code, year, frame, *_aim(known.get((code, frame)), invented)))
    names = ("kode", "tahun", "kerangka", "persen", "tenaga_kerja", "dasar")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("tenaga_kerja").cast(pl.Int64))


def _aim(known: dict[str, str] | None, invented: float) -> Iterator[object]:
    yield round(100 * (float(known["target_ratio"]) if known else invented), 2)
    yield int(known["target_workers"]) if known and known["target_workers"] else None
    yield known["legal_reference"] if known else SYNTHETIC


def wages(places: list[Regency], year: int) -> pl.DataFrame:
    """Return the extract umk of a year: invented amounts that say so."""
    amounts: Ints = minimum_wages(year)
    return pl.DataFrame(
        {
            "kode_kab": [place.code for place in places],
            "tahun": year,
            "upah_minimum": [int(amounts[place.index]) for place in places],
            "dasar": SYNTHETIC,
        }
    )
