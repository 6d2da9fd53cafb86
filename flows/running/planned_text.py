"""The plan of a run as text: Bahasa Indonesia first, English beside."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from flows.running.planned import RunPlan
from flows.running.reads import Reads

SHOWN = 20
MEGABYTE = 1_000_000


def text(plan: RunPlan) -> str:
    """Return the plan for a person: files by reason, months with why, and what stays as it is."""
    if plan.nothing:
        return "Tidak ada yang harus dikerjakan / nothing to do: " + _unchanged(plan)
    sizes = sum(step.bytes or 0 for step in plan.files)
    parts = [f"Berkas / files: {len(plan.files)} ({sizes / MEGABYTE:,.1f} MB), {_unchanged(plan)}"]
    parts += [f"  {count:>6,}  {why}" for why, count in Counter(why for one in plan.files for why in one.why).items()]
    parts += [f"  {step.name}  [{', '.join(step.why)}]" for step in plan.files[:SHOWN]]
    parts += [f"  ... {len(plan.files) - SHOWN:,} lagi / more"] if len(plan.files) > SHOWN else []
    sure = "" if not plan.files else " (menurut nama dan pemeriksaan terakhir / by names and last checks)"
    parts.append(f"Bulan / months: {len(plan.months)}{sure}")
    for month, why in plan.months.items():
        parts.append(f"  {month}  {_shortly(why)}")
        parts += [f"           {_told(plan.reads[month])}"] if month in plan.reads else []
    return "\n".join(parts)


def as_data(plan: RunPlan) -> dict[str, Any]:
    """Return the plan for programs."""
    return asdict(plan)


def _told(reads: Reads) -> str:
    first = f"; {reads.to_be_made} harus dibuat dahulu / to be made first" if reads.to_be_made else ""
    size = f"{reads.bytes / MEGABYTE:,.1f} MB"
    keys = "; bila sedikit berubah, hanya kunci / where little changes, of most only keys" if reads.by_keys else ""
    return f"dibaca dari lake / read of the lake: {reads.files:,} berkas / files, {reads.rows:,} baris / rows, {size}{keys}{first}"


def _unchanged(plan: RunPlan) -> str:
    files, months = plan.unchanged_files, plan.unchanged_months
    return f"tidak berubah / unchanged: {files} berkas / files, {months} bulan / months"


def _shortly(why: list[str]) -> str:
    return "; ".join(why[:3]) + (f"; ... {len(why) - 3} lagi / more" if len(why) > 3 else "")
