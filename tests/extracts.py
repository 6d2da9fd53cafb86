"""Small extracts: a folder is its files by name, a file is its rows, and rows are written as text tables.

    | orang | segmen | kode_kab_domisili |
    | 1-12  | PU     | 15.03             |

stands for twelve memberships of twelve people; everything that is not written gets a plain valid value. NIK and KPJ
are made from the number of the person, so that the same person is the same everywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random

from tests.asciitable import cells

Row = dict[str, str]
Files = dict[str, list[Row]]

SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
REGENCIES = ("15.03", "15.04", "16.01")
REJECTED_WAGE = "-1"
DAYS = {"2025-01": "2025-01-31", "2025-02": "2025-02-28", "2025-03": "2025-03-16"}
FILES_OF_MONTHS = (
    "kepesertaan_202501.csv",
    *(f"kepesertaan_{part}_{month}.csv" for month in ("202502", "202503") for part in "ab"),
)

PLAIN: dict[str, Row] = {
    "kepesertaan": {
        "blth": "", "tgl_data": "", "nik": "", "kpj": "", "npp": "", "segmen": "PU", "sub_sektor": "", "program": "JKK,JKM",
        "kode_kab_domisili": "15.03", "kode_kab_kerja": "", "tgl_lahir": "", "jk": "L", "upah": "3200000", "tgl_mulai": "2020-01-01",
        "tgl_akhir": "", "lunas_sd": "", "sumber_dana": "EMPLOYER", "rentan": "T", "nilai_kontrak": "", "nama": "",
    },
    "iuran": {
        "blth": "", "tgl_data": "", "npp": "NPP1", "kpj": "", "segmen": "PU", "program": "JKK", "sumber_dana": "EMPLOYER",
        "kode_kab": "15.03", "jumlah_tk": "10", "tagihan": "84000", "dibayar": "84000", "tgl_bayar": "", "no_bukti": "",
    },
    "badan_usaha": {
        "tgl_data": "", "npp": "", "nib": "", "nama": "PT Uji", "kbli": "01111", "skala": "MIKRO", "kelas_risiko": "RENDAH",
        "padat_karya": "T", "kode_kab": "15.03", "tk_wlkp": "10", "program": "JKK,JKM", "tgl_daftar": "",
    },
    "penduduk_bekerja": {
        "kode_kab": "", "periode": "2024-08", "penduduk_bekerja": "", "asn_tni_polri": "0", "sumber": "BPS", "tgl_rilis": "2024-11-05",
    },
    "target": {"kode": "", "tahun": "2025", "kerangka": "DAERAH", "persen": "", "tenaga_kerja": "", "dasar": "Perbup"},
    "klaim": {
        "no_klaim": "", "tgl_data": "", "kpj": "26133000010", "program": "JKM", "jenis_manfaat": "SANTUNAN", "tgl_kejadian": "",
        "tgl_bayar": "", "jumlah": "20000000", "kode_kab": "15.03",
    },
    "anggaran": {
        "kode_kab": "15.03", "tahun": "2025", "sumber_dana": "APBD_REGENCY", "pagu": "", "tenaga_kerja": "", "dasar": "Perda APBD",
    },
    "tk_baru": {
        "tgl_data": "", "npp": "NPP1", "nik": "", "tgl_lahir": "", "jk": "", "upah": "3200000", "tgl_kepesertaan": "2025-03-01",
        "tgl_akhir": "", "kode_kab": "",
    },
    "indikator": {
        "kode": "15.03", "periode": "2024", "indikator": "tpak", "nilai": "", "satuan": "persen", "judul": "", "sumber": "BPS",
        "tgl_rilis": "", "sel": "",
    },
    "umk": {"kode_kab": "", "tahun": "2025", "upah_minimum": "3000000", "dasar": "SK"},
}  # fmt: skip


def nik(person: int) -> str:
    """Return the NIK of a person: sixteen digits, of Sarolangun, born on the person's day."""
    return f"150301{born(person):%d%m%y}{person:04}"


def kpj(person: int, segment: str = "PU") -> str:
    """Return the KPJ of a person's membership in a segment: eleven digits."""
    return str(26_133_000_000 + 10 * person + SEGMENTS.index(segment))


def born(person: int) -> date:
    """Return the day of birth of a person."""
    return date(1970 + person % 30, 1 + person % 12, 1 + person % 28)


def rows(kind: str, table: str, **same: str) -> list[Row]:
    """Return the rows of a text table of a kind; a dash is empty, `same` holds for every row."""
    names, written = cells(table)
    return [
        PLAIN[kind] | same | {name: cell if cell != "-" else "" for name, cell in zip(names, row, strict=True)}
        for row in written
    ]


def memberships(month: str, as_of: str, table: str, **same: str) -> list[Row]:
    """Return the memberships of a month as seen on a day; the column `orang` is a person or several, such as 1-12."""
    found: list[Row] = []
    for row in rows("kepesertaan", table, blth=month, tgl_data=as_of, **same):
        first, _, last = row.pop("orang").partition("-")
        found += [membership(person, row) for person in range(int(first), int(last or first) + 1)]
    return found


def membership(person: int, written: Mapping[str, str]) -> Row:
    """Return the membership of a person with what is written of it."""
    segment = written["segmen"]
    by_segment = {
        "npp": "NPP1" if segment in ("PU", "JAKON") else "",
        "lunas_sd": written["blth"] if segment == "BPU" else "",
        "sumber_dana": "EMPLOYER" if segment in ("PU", "JAKON") else "SELF",
    }
    made = {
        "nik": nik(person),
        "kpj": kpj(person, segment),
        "tgl_lahir": born(person).isoformat(),
        "nama": f"PEKERJA NOMOR {person}",
    }
    unwritten = {
        name: value for name, value in (by_segment | made).items() if written.get(name) == PLAIN["kepesertaan"][name]
    }
    return PLAIN["kepesertaan"] | dict(written) | unwritten


def write(folder: Path, files: Mapping[str, list[Row]]) -> Path:
    """Return `folder`, which holds exactly these files as CSV afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, found in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(found[0]), delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
    return folder


def two_months() -> Files:
    """Return every kind of extract for two regencies and two months, with one row that is rejected."""
    february = """
        | orang | segmen | program     | kode_kab_domisili | kode_kab_kerja | rentan |
        | 1-30  | PU     | JKK,JKM,JHT | 15.03             | 15.04          | T      |
        | 31-40 | BPU    | JKK,JKM     | 15.04             | -              | Y      |
        | 5     | BPU    | JKK,JKM     | 15.03             | -              | T      |
    """
    march = """
        | orang | segmen | program     | kode_kab_domisili | kode_kab_kerja | rentan | upah    |
        | 3-34  | PU     | JKK,JKM,JHT | 15.03             | 15.04          | T      | 3200000 |
        | 35-44 | BPU    | JKK,JKM     | 15.04             | -              | Y      | 1000000 |
        | 99    | BPU    | JKK,JKM     | 15.04             | -              | Y      | -1      |
    """
    return {
        "kepesertaan_15_202502.csv": memberships("2025-02", "2025-02-28", february),
        "kepesertaan_15_202503.csv": memberships("2025-03", "2025-03-31", march),
        "iuran_15_202503.csv": rows(
            "iuran", "| tgl_bayar | dibayar |\n| 2025-03-20 | 80000 |", blth="2025-03", tgl_data="2025-03-31"
        ),
        "badan_usaha_15.csv": rows("badan_usaha", "| npp | nib |\n| NPP1 | - |\n| - | 812345 |", tgl_data="2025-02-28"),
        "penduduk_bekerja_15.csv": rows(
            "penduduk_bekerja", "| kode_kab | penduduk_bekerja |\n| 15.03 | 100 |\n| 15.04 | 50 |"
        ),
        "target_15.csv": rows("target", "| kode | persen |\n| 15.03 | 62,62 |"),
        "umk_15.csv": rows("umk", "| kode_kab |\n| 15.03 |\n| 15.04 |"),
    }


def random_months(dice: Random, people: int = 100) -> Files:
    """Return the memberships of three months, those of February and March in two files, with one rejected row a file.

    A person has one or two memberships a month, in segments, regencies and files of their own.
    """
    files: Files = {name: [] for name in FILES_OF_MONTHS}
    for month, day in DAYS.items():
        names = [name for name in files if month.replace("-", "") in name]
        for person in range(1, people):
            for segment in dice.sample(SEGMENTS, dice.choice([0, 1, 1, 2])):
                files[dice.choice(names)].append(_random_membership(dice, person, segment, month, day))
        for name in names:
            files[name].append(_random_membership(dice, 1000 + len(name), "PMI", month, day) | {"upah": REJECTED_WAGE})
    return files


def mapped(files: Files, change: Callable[[list[Row]], list[Row]]) -> Files:
    """Return the files with the rows of each changed by `change`."""
    return {name: change([dict(row) for row in found]) for name, found in files.items()}


def _random_membership(dice: Random, person: int, segment: str, month: str, as_of: str) -> Row:
    written = {
        "blth": month,
        "tgl_data": as_of,
        "segmen": segment,
        "program": dice.choice(["JKK,JKM", "JKK,JKM,JHT", "JKK,JKM,JHT,JP"]),
        "kode_kab_domisili": dice.choice(REGENCIES),
        "kode_kab_kerja": dice.choice([*REGENCIES, ""]),
        "tgl_akhir": dice.choice(["", "", "", "2024-12-31"]),
        "rentan": dice.choice("YT"),
    }
    return membership(person, PLAIN["kepesertaan"] | written)
