"""The findings of an employer in words: Bahasa Indonesia first, English beside; no wage, no person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.rules import LINE_NO

MOST_ROWS = 50
TITLES = {
    "PWBD": "wajib belum daftar / obliged and not registered",
    "PDS_TK": "daftar sebagian tenaga kerja / fewer workers registered than declared",
    "PDS_UPAH": "upah di bawah upah minimum / wages below the minimum wage",
    "PDS_PROGRAM": "daftar sebagian program / fewer programmes than owed",
    "TUNGGAKAN": "piutang iuran / arrears",
    "TERLAMBAT": "terlambat bayar / paid late",
}
SAID = {
    "PWBD": "NPP kosong / no NPP",
    "PDS_TK": "tk_wlkp {declared_workers:,}, berlaku / in force {registered_workers:,}, kurang / missing {missing_workers:,}",
    "PDS_UPAH": "upah di bawah / wage below {minimum_wage_idr:,} ({minimum_wage_of}, {month:%Y})",
    "PDS_PROGRAM": "{scale}: wajib / owed {owed_programmes}; diikuti / followed {followed_programmes}",
    "TUNGGAKAN": "{programme} {segment} {funding_source} {account_region}, {month:%Y-%m}: jatuh tempo / due {due_date},"
    " belum dibayar / unpaid {unpaid_idr:,} (tagihan / billed {billed_idr:,})",
    "TERLAMBAT": "{programme} {segment} {funding_source} {account_region}: jatuh tempo / due {due_date},"
    " dibayar / paid {paid_date}, {paid_idr:,}",
}


def text(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the findings for people."""
    return "\n\n".join("\n".join(_told(one)) for one in found)


def _told(one: Mapping[str, Any]) -> Iterator[str]:
    version = f"{one['month']:%Y-%m}, tanggal data / as of {one['as_of_date']}"
    yield f"{one['employer_key']} {one['employer_name']}, {one['region_code']}, {version}"
    if not one["findings"]:
        yield "tanpa temuan / no finding"
    for name, rows in one["findings"].items():
        yield f"{name}: {TITLES[name]}"
        for row in rows[:MOST_ROWS]:
            yield f"  {row['name']} baris / line {row[LINE_NO]} ({row['sha256'][:12]}): {SAID[name].format_map({**one, **row})}"
        if len(rows) > MOST_ROWS:
            yield f"  ... {len(rows) - MOST_ROWS:,} baris lagi / more rows (--json)"
    yield from (f"catatan / note: {note}" for note in one["notes"])
