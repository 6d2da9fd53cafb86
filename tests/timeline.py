"""Loads on chosen days: the same folder as it stood on each of them, in one home, by a clock that the test sets."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.entry import load_folder
from tests.endtoend import left_out
from tests.extracts import Files, memberships, rows, write

MARCH, MID, CLOSED = "2025-03", "2025-03-16", "2025-04-30"
MEMBERS = {MID: "kepesertaan_15_202503_tengah.csv", CLOSED: "kepesertaan_15_202503_tutup.csv"}
BILLS = {MID: "iuran_15_202503_tengah.csv", CLOSED: "iuran_15_202503_tutup.csv"}
EMPLOYERS = {MID: "badan_usaha_15_tengah.csv", CLOSED: "badan_usaha_15_tutup.csv"}
WORKFORCE = {
    "penduduk_bekerja_15.csv": rows("penduduk_bekerja", "| kode_kab | penduduk_bekerja |\n| 15.03 | 100 |"),
}


def load_on(
    day: date, files: Files, source: Path, home: Path, without: tuple[str, ...] = ("audit", "pages")
) -> dict[str, Any]:
    """Return the result of a load of `files` at two in the morning of `day`, UTC, without the steps of these names."""
    moment = datetime(day.year, day.month, day.day, 2)
    with left_out(*without) as call:
        return load_folder(str(write(source, files)), str(home), call=call, clock=lambda: moment)


def members(as_of: str, people: int) -> Files:
    """Return the file of March's memberships as seen on a day: that many wage earners of one employer."""
    return {MEMBERS[as_of]: memberships(MARCH, as_of, f"| orang | segmen |\n| 1-{people} | PU |")}


def bills(as_of: str, paid: int) -> Files:
    """Return the file of March's contributions as seen on a day: one bill of 84,000, and what is paid of it."""
    table = f"| tagihan | dibayar | tgl_bayar |\n| 84000 | {paid} | {as_of} |"
    return {BILLS[as_of]: rows("iuran", table, blth=MARCH, tgl_data=as_of)}


def employers(as_of: str, declared: int) -> Files:
    """Return the list of employers as seen on a day: one, with the workers it declares."""
    return {EMPLOYERS[as_of]: rows("badan_usaha", f"| npp | tk_wlkp |\n| NPP1 | {declared} |", tgl_data=as_of)}
