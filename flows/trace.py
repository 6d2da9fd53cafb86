"""The findings of one employer, down to the rows that raised them: read from the lake, in the files of the version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.assembly import newest_of_each
from flows.context import code_version
from flows.copies import is_first_of_key, rows_with_place
from flows.figures import Edition, editions, figures, known_on, nothing_found, standing
from flows.keys.switching import require_settled
from flows.lineage import SEED, seed_sha256
from transforms.compliance import Observed
from transforms.evidence import EMPLOYER, FILE, FLAGS, evidence
from transforms.membership import memberships_in_force
from warehouse import lake
from warehouse.calendar import Version, dim_month
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.rules import LINE_NO
from warehouse.schema import Extract, conform
from warehouse.store import query
from warehouse.tables.compliance import EmployerMonth
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage, MinimumWageReference
from warehouse.tables.reference import ArrearsClass, EmployerObligation, MembershipRule, SectorDivision
from warehouse.vocabulary import PROGRAMMES

MOST_EMPLOYERS = 1_000
NIB = "NIB:"
SHOWN = ("employer_key", "employer_name", "region_code", "scale", "month", "as_of_date", "is_compliant")
INPUTS = """
SELECT code_version, kind, input_month, input_as_of_date, name, sha256, gate_id
FROM ops.lineage
INNER JOIN ops.lineage_file USING (input_id)
WHERE fact = 'core.employer_month' AND month = ? AND as_of_date = ? AND run_id = ?
ORDER BY kind, input_month, input_as_of_date, input_id, position
"""


@dataclass(frozen=True)
class Files:
    """The files behind an edition, in the order in which they were read."""

    home: Home
    listed: pl.DataFrame

    def versions(self, kind: str) -> list[tuple[Version | None, pl.DataFrame]]:
        """Return the files of a kind by version; a kind without a date has one under None."""
        of_kind = self.listed.filter(pl.col("kind") == kind)
        parts = of_kind.partition_by("input_month", "input_as_of_date", maintain_order=True, as_dict=True)
        return [(Version(*key) if key[0] else None, part) for key, part in parts.items()]

    def paths(self, kind: str, part: pl.DataFrame) -> list[Path]:
        """Return where the accepted rows of files lie. Raises Stop when the lake has lost one."""
        found = [lake.accepted_path(self.home, kind, gate_id) for gate_id in part["gate_id"]]
        for path, name in zip(found, part["name"], strict=True):
            if not path.exists():
                en, id = f"the lake has no rows of {name} any more", f"baris {name} tidak ada lagi di lake"
                raise Stop("lake_rows_missing", en, id, "run again: standing files are read anew from landing")
        return found

    def rows(self, table: type[Extract], is_of_employer: pl.Expr) -> pl.LazyFrame:
        """Return the rows of one employer in all versions of a kind, with their line and the number of their file."""
        frames = []
        for version, part in self.versions(table.kind):
            assert version is not None
            frame = rows_with_place(self.paths(table.kind, part), table, version).filter(is_of_employer)
            once = frame.filter(is_first_of_key(table)) if part.height > 1 and table.unique else frame
            frames.append(once.with_columns(pl.col(FILE) + int(part["number"][0])))
        schema = table.polars_schema() | {LINE_NO: pl.Int64(), FILE: pl.Int32()}
        return pl.concat(frames) if frames else pl.LazyFrame(schema=schema)


def trace(
    home: Home, employer: str, month: date, as_of: date | None = None, region: str | None = None
) -> list[dict[str, Any]]:
    """Return the findings of an employer in a month, once per regency, each with its rows, as plain values.

    The version is the one that stands, or that was known on `as_of`. Raises Stop when nothing is known of the employer,
    or when the files behind the version are not recorded or not there.
    """
    require_settled(home)
    asked = {"employer_key": employer, "month": month} | ({"region_code": region} if region else {})
    found = editions(home.warehouse, EmployerMonth, asked)
    for edition in known_on(as_of, found) if as_of else standing(found):
        rows, _ = figures(home.warehouse, EmployerMonth, asked, edition, MOST_EMPLOYERS)
        if rows.height:
            return _traced(home, employer, rows, edition)
    raise nothing_found(home.warehouse, EmployerMonth, asked)


def _traced(home: Home, employer: str, rows: pl.DataFrame, edition: Edition) -> list[dict[str, Any]]:
    inputs = query(home.warehouse, INPUTS, [*edition.version, edition.run_id])
    if inputs.is_empty():
        en, id = "the files behind this version were not recorded", "berkas di balik versi ini tidak tercatat"
        raise Stop("lineage_missing", en, id, "only versions written since receipts are kept can be traced")
    assert edition.month is not None and edition.as_of_date is not None
    files = Files(home, inputs.filter(pl.col("kind") != SEED).with_row_index("number"))
    version = Version(edition.month, edition.as_of_date)
    behind = evidence(_observed(files, employer, version), version)
    said = {name: frame.collect(engine="streaming") for name, frame in behind.items()}
    notes = _changes(inputs)
    return [
        _employer(rows.filter(pl.col("region_code") == code), said, files.listed, notes) for code in rows["region_code"]
    ]


def _observed(files: Files, employer: str, version: Version) -> Observed:
    """Return what one employer was judged by."""
    by_number = pl.col("employer_key") == employer
    registered = pl.col("npp") == employer
    listed = pl.col("npp").is_null() & (pl.col("nib") == employer.removeprefix(NIB))
    members = files.rows(Membership, by_number)
    decrees = [path for _, part in files.versions(MinimumWage.kind) for path in files.paths(MinimumWage.kind, part)]
    return Observed(
        employers=files.rows(Employer, listed if employer.startswith(NIB) else registered),
        in_force=memberships_in_force(members, lake.seed(MembershipRule), version),
        contributions=files.rows(Contribution, by_number),
        minimum_wages=conform(newest_of_each(decrees, MinimumWage), MinimumWageReference),
        months=dim_month(),
        obligations=lake.seed(EmployerObligation),
        classes=lake.seed(ArrearsClass),
        sectors=lake.seed(SectorDivision),
    )


def _employer(
    row: pl.DataFrame, said: Mapping[str, pl.DataFrame], files: pl.DataFrame, notes: Sequence[str]
) -> dict[str, Any]:
    found, differs = {}, []
    for name, flag in FLAGS.items():
        mine = said[name].join(row.select(EMPLOYER), on=list(EMPLOYER), how="semi")
        if row.select(flag).item() != (mine.height > 0):
            differs.append(f"{name}: angka tersimpan dan baris berbeda / the stored flag and the rows differ")
        found[name] = _rows(mine, files)
    return row.select(SHOWN).to_dicts()[0] | {
        "findings": {name: rows for name, rows in found.items() if rows},
        "notes": [*notes, *differs],
    }


def _rows(found: pl.DataFrame, files: pl.DataFrame) -> list[dict[str, Any]]:
    named = found.join(files.select("number", "name", "sha256"), left_on=FILE, right_on="number")
    facts = [name for name in found.columns if name not in (*EMPLOYER, FILE, LINE_NO)]
    ordered = named.sort("name", LINE_NO).select("name", "sha256", LINE_NO, *facts)
    return [_readable(row) for row in ordered.to_dicts()]


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its sets of programmes written out."""
    return {name: _programmes(value) if name.endswith("_programmes") else value for name, value in row.items()}


def _programmes(bits: int) -> str:
    return ",".join(name for place, name in enumerate(PROGRAMMES) if bits >> place & 1) or "-"


def _changes(inputs: pl.DataFrame) -> list[str]:
    """Return what is no longer as it was when the findings were made."""
    seeds = inputs.filter(pl.col("kind") == SEED).select("name", "sha256").iter_rows()
    changed = [name for name, sha256 in seeds if seed_sha256(name) != sha256]
    notes = [f"aturan berubah sejak itu / rules changed since: {', '.join(changed)}"] if changed else []
    if inputs["code_version"][0] != code_version():
        notes.append(f"dihitung dengan / computed with {inputs['code_version'][0]}, kini / now {code_version()}")
    return notes
