"""Published claims with the judgement on each, from the published copy."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from flows.regions import region_named
from warehouse.errors import Stop
from warehouse.store import query

VERDICTS = (
    "AGREES", "OTHER_DATE", "OTHER_BASIS", "OTHER_DENOMINATOR", "PERCENT_OF_TARGET", "INCONSISTENT_IN_ITSELF", "NOT_CHECKABLE",
)  # fmt: skip
ALL_CLAIMS = """
FROM mart.claim_check
WHERE ($1::VARCHAR IS NULL OR region_code = $1 OR starts_with(region_code, concat($1, '.')))
    AND ($2::VARCHAR IS NULL OR verdict = $2)
ORDER BY try_cast(row_id AS BIGINT) NULLS LAST, row_id
"""


def checked_claims(current: Path, region: str | None = None, verdict: str | None = None) -> pl.DataFrame:
    """Return the rows of claim_check in order of row_id, those of one region or verdict if asked.

    A province brings its regencies. Raises Stop when the region or the verdict is not known.
    """
    if verdict not in (None, *VERDICTS):
        text = f"{verdict} is no verdict", f"{verdict} bukan putusan"
        raise Stop("verdict_unknown", *text, f"one of / salah satu dari: {', '.join(VERDICTS)}")
    return query(current, ALL_CLAIMS, [region_named(region) if region else None, verdict])


def text(claims: pl.DataFrame) -> str:
    """Return one paragraph per claim: who said what, when and of whom, the verdict, and why in both languages."""
    counted = claims.group_by("verdict").len().sort("len", "verdict", descending=[True, False])
    summary = ", ".join(f"{verdict} {number}" for verdict, number in counted.iter_rows()) or "-"
    return "\n\n".join([*map(_paragraph, claims.to_dicts()), f"{claims.height} angka / claims: {summary}"])


def _paragraph(claim: dict[str, object]) -> str:
    where = " ".join(str(claim[name]) for name in ("region_code", "region_name") if claim[name])
    host = urlsplit(str(claim["source_url"] or "")).hostname or "-"
    head = f"{claim['row_id']}  {claim['as_of']}  {where}  {claim['verdict']}"
    return f"{head}\n   {_said(claim)} ({host})\n   {claim['why_id']}\n   {claim['why_en']}"


def _said(claim: dict[str, object]) -> str:
    """Return what the claim states, in the order in which people say it, and what its premium makes in a year."""
    forms = {
        "coverage_ratio_stated": "{:.4g}%",
        "workers_covered": "{:,} pekerja/workers",
        "denominator_stated": "dari/of {:,}",
        "target_ratio_stated": "target {:.4g}%",
        "target_workers": "target {:,}",
        "gap_workers": "kurang/missing {:,}",
        "budget_idr": "anggaran/budget Rp {:,}",
        "premium_idr_month": "iuran/premium Rp {:,}",
        "implied_annual_premium_idr": "setahun/a year Rp {:,}",
    }
    stated = [
        form.format(100 * value if isinstance(value, float) else value)
        for name, form in forms.items()
        if (value := claim[name]) is not None
    ]
    return f"{claim['scope'] or '-'}: {', '.join(stated) or '-'}"
