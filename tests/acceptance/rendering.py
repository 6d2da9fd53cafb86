"""The same rows written another way: a regional office's CSV dialect, and typed Parquet."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.acceptance.employers import REGIONS
from tests.acceptance.generator import Files
from tests.acceptance.people import Row

SETTINGS = """
[sources.regional]
glob = "*.csv.gz"
separator = ";"
encoding = "cp1252"
decimal = ","
thousands = "."
date_formats = ["dd-mm-yyyy"]
code_system = "bps"
"""
AMOUNTS = ("upah", "nilai_kontrak", "tagihan", "dibayar", "upah_minimum")
COUNTS = ("jumlah_tk", "tk_wlkp", "penduduk_bekerja", "asn_tni_polri", "tenaga_kerja", "tahun")
DAYS = ("tgl_data", "tgl_lahir", "tgl_mulai", "tgl_akhir", "tgl_bayar", "tgl_daftar", "tgl_rilis")
MONTHS = ("blth", "lunas_sd")
PLACES = ("kode_kab_domisili", "kode_kab_kerja", "kode_kab", "kode")
FORMER = {"91.01": "93.01", "91.18": "93.04"}


def write_regional(folder: Path, files: Files) -> None:
    """Write `files` the way SETTINGS declares: upper-case headers in reverse order, semicolons, CP1252, compressed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        columns = list(reversed(rows[0]))
        with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="cp1252", newline="") as out:
            writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
            writer.writerow([column.upper() for column in columns])
            writer.writerows([_regional(column, row[column]) for column in columns] for row in rows)


def write_parquet(folder: Path, files: Files) -> None:
    """Write `files` as Parquet with dates, whole numbers and fractions as such; every row must be readable."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        table = pa.table({column: _typed(column, rows) for column in rows[0]})
        pq.write_table(table, folder / f"{name}.parquet")


def _regional(column: str, value: str) -> str:
    if column in MONTHS:
        return re.sub(r"^(\d{4})-(\d{2})$", r"\2/\1", value)
    if column in DAYS:
        return re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3-\2-\1", value)
    if column in AMOUNTS and re.fullmatch(r"-?\d+", value):
        return f"{int(value):,}".replace(",", ".") + ",00"
    if column == "persen":
        return value.replace(".", ",")
    if column == "kpj":
        digits = re.sub(r"\.0$|[' ]", "", value)
        return f"{digits}.0" if digits.isdigit() else digits
    if column in PLACES:
        return _bps_codes().get(value, value)
    return value


@cache
def _bps_codes() -> dict[str, str]:
    """Return the BPS code of each region code as the generator writes it; a regency without one keeps its name."""
    with REGIONS.open(encoding="utf-8") as lines:
        regions = list(csv.DictReader(lines))
    found = {row["region_code"]: row["bps_code"] or row["name"] for row in regions if row["level"] != "national"}
    plain = {code.replace(".", ""): bps for code, bps in found.items()}
    return plain | found | {old: found[new] for old, new in FORMER.items()}


def _typed(column: str, rows: list[Row]) -> pa.Array:
    values = [row[column] or None for row in rows]
    if column in MONTHS:
        return pa.array([date.fromisoformat(f"{value}-01") if value else None for value in values], pa.date32())
    if column in DAYS:
        return pa.array([date.fromisoformat(value) if value else None for value in values], pa.date32())
    if column in (*AMOUNTS, *COUNTS):
        return pa.array([int(value) if value else None for value in values], pa.int64())
    if column == "persen":
        return pa.array([float(value) if value else None for value in values], pa.float64())
    return pa.array(values, pa.string())
