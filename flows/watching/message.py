"""The one message of a watch: grouped by cause, Bahasa Indonesia first, English beside."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flows.watching.alerts import Known, News
from flows.watching.condition import Condition

MOST_OF_A_CAUSE = 8
CAUSES = {
    "missing_delivery": "Belum diterima / not delivered",
    "missing_regency": "Kabupaten/kota hilang / regencies missing",
    "source_failed": "Sumber gagal / source failed",
    "file_stopped": "Berkas dihentikan / file stopped",
    "month_stopped": "Bulan dihentikan / month stopped",
    "fact_held_back": "Fakta ditahan / fact held back",
    "run_broken": "Proses gagal / run failed",
    "no_run": "Tidak ada proses / no run",
    "volume_changed": "Jumlah baris berubah / volume changed",
    "rejected_more": "Penolakan naik / more rejected",
    "coverage_jumped": "Cakupan melonjak / coverage jumped",
}


def title(news: News) -> str:
    """Return the news in one line."""
    parts = (
        (len(news.began), "baru / new"),
        (len(news.lasting), "berlanjut / still"),
        (len(news.over), "pulih / recovered"),
    )
    return "[Cakupan] " + ", ".join(f"{count} {told}" for count, told in parts if count)


def text(news: News) -> str:
    """Return the news in full: what began, what lasts and since when, what is over."""
    parts = [
        *_section("BARU / NEW", news.began),
        *_section("BERLANJUT / STILL FAILING", [one.condition for one in news.lasting], _since(news.lasting)),
        *_section("PULIH / RECOVERED", [one.condition for one in news.over], _since(news.over)),
    ]
    return "\n".join(parts)


def _since(known: Sequence[Known]) -> dict[str, str]:
    return {one.condition.name: f" (sejak / since {one.since[:10]})" for one in known}


def _section(head: str, conditions: Sequence[Condition], since: dict[str, str] | None = None) -> list[str]:
    if not conditions:
        return []
    lines = [head]
    for cause, grouped in groupby(sorted(conditions, key=lambda one: one.cause), key=lambda one: one.cause):
        several = list(grouped)
        lines.append(f"{CAUSES.get(cause, cause)}: {len(several)}")
        lines += [f"- {_line(one)}{(since or {}).get(one.name, '')}" for one in several[:MOST_OF_A_CAUSE]]
        if len(several) > MOST_OF_A_CAUSE:
            lines.append(f"- ... {len(several) - MOST_OF_A_CAUSE} lagi / more")
        if cure := several[0].cure:
            lines.append(f"  → {cure}")
    return lines


def _line(one: Condition) -> str:
    return one.id if one.id == one.en else f"{one.id} / {one.en}"
