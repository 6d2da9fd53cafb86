"""Employers, and the small reference kinds: workforce, targets, minimum wages."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

from tests.acceptance.people import REGENCIES, Row, employers_of, memberships, written

LISTED_ON = (date(2025, 1, 31), date(2025, 2, 28), date(2025, 4, 30))
SCALES = ("MIKRO", "KECIL", "MENENGAH", "BESAR")
RISKS = ("SANGAT_RENDAH", "RENDAH", "SEDANG", "TINGGI", "SANGAT_TINGGI")
OWED = ("JKK", "JKM", "JHT", "JP")
KBLI = ("01262", "05100", "10431", "35111", "41011", "47111", "49431", "56101", "62019", "85121", "96990")
REGIONS = Path(__file__).parents[2] / "warehouse" / "seeds" / "regions.csv"


def employer_rows(as_of: date) -> list[Row]:
    """Return badan_usaha as seen on `as_of`: registered employers, and obliged ones that are not registered."""
    dice = random.Random(7)
    found: list[Row] = []
    for regency in REGENCIES:
        for number, npp in enumerate(employers_of(regency)):
            present = {one.nik for one in memberships() if one.npp == npp and one.segment == "PU"}
            declared = max(0, len(present) + dice.choice((-2, -1, -1, 0, 0, 0, 3)))
            held = OWED[: dice.choice((0, 2, 3, 4, 4))]
            found.append(_employer(dice, as_of, regency, npp, "", SCALES[number % 4], declared, held))
        for number in range(10):
            nib = f"81200{regency.replace('.', '')}{number:04d}"
            found.append(_employer(dice, as_of, regency, "", nib, SCALES[number % 4], dice.randint(1, 30), ()))
    return found


def workforce_rows() -> list[Row]:
    """Return penduduk_bekerja: two periods of every regency, one published late, one twice, one with the older period only."""
    found: list[Row] = []
    for number, code in enumerate(regency_codes()):
        workers = 7 if code == "93.01" else 100 + 37 * (number % 50)
        late = code == "93.04"
        if not late and code != "15.71":
            found.append(_workforce(code, "2024-02", workers - 5, 0, "2024-05-06", number))
        if code != "34.01":
            found.append(_workforce(code, "2024-08", workers, 2, "2025-03-01" if late else "2024-12-05", number))
    found.append(_workforce("15.03", "2024-08", 333, 11, "2025-03-10", 0, "BPS Sakernas, angka perbaikan"))
    found.append(_workforce("34.71", "2025-02", 444, 12, "2025-02-10", 0))
    found.append(_workforce("15.06", "2025-02", 500, 20, "2025-05-05", 0))
    return found


def target_rows() -> list[Row]:
    """Return target: the nation in four frames, and every regency in one or two."""
    nation = [
        ("RPJMN", "2025", "32.15"),
        ("RPJPN", "2045", "99.5"),
        ("KEMENDAGRI", "2025", "52.15"),
        ("RPJMN", "2029", "43.92"),
    ]
    found = [_target("00", year, frame, share, "") for frame, year, share in nation] + [
        _target("15", "2025", "KEMENDAGRI", "43.54", "")
    ]
    for number, code in enumerate(regency_codes()[:150]):
        found.append(
            _target(
                written(code, number),
                "2025",
                "KEMENDAGRI",
                f"{30 + number % 60}.{number % 100:02d}",
                str(1000 + number) if number % 3 else "",
            )
        )
        if number % 4 == 0:
            found.append(_target(code, "2025", "DAERAH", "96.20", ""))
    return found


def wage_rows() -> list[Row]:
    """Return umk: the minimum wage of 2024 and 2025 in every regency but one."""
    codes = [code for code in regency_codes() if code != "34.01"]
    return [
        {
            "kode_kab": written(code, number),
            "tahun": year,
            "upah_minimum": str(base + 1_000 * (number % 400)),
            "dasar": "SK Gubernur",
        }
        for year, base in (("2024", 9_000_000), ("2025", 2_200_000))
        for number, code in enumerate(codes)
    ]


def regency_codes() -> list[str]:
    """Return the code of every regency of the country."""
    with REGIONS.open(encoding="utf-8") as lines:
        return [row["region_code"] for row in csv.DictReader(lines) if row["level"] == "regency"]


def _employer(
    dice: random.Random, as_of: date, regency: str, npp: str, nib: str, scale: str, declared: int, held: tuple[str, ...]
) -> Row:
    return {
        "tgl_data": as_of.isoformat(), "npp": npp, "nib": nib, "nama": f"PT Kopi é {npp or nib}", "kbli": dice.choice(KBLI), "skala": scale,
        "kelas_risiko": dice.choice(RISKS), "padat_karya": dice.choice("YT"), "kode_kab": written(regency, dice.randrange(40)),
        "tk_wlkp": str(declared), "program": "+".join(held), "tgl_daftar": "2019-03-04" if npp and dice.random() < 0.7 else "",
    }  # fmt: skip


def _workforce(
    code: str, period: str, workers: int, excluded: int, released: str, number: int, source: str = "BPS Sakernas"
) -> Row:
    return {
        "kode_kab": written(code, number), "periode": period, "penduduk_bekerja": str(workers), "asn_tni_polri": str(excluded),
        "sumber": source, "tgl_rilis": released,
    }  # fmt: skip


def _target(code: str, year: str, frame: str, share: str, workers: str) -> Row:
    return {
        "kode": code,
        "tahun": year,
        "kerangka": frame,
        "persen": share,
        "tenaga_kerja": workers,
        "dasar": f"Keputusan {year}",
    }
