"""The receipt of a figure: the run, the code, the files and the rules behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.figures import (
    Conditions,
    Edition,
    conditions_of,
    editions,
    fact_named,
    figures,
    known_on,
    nothing_found,
    standing,
    where,
)
from flows.lineage import SEED
from flows.printing import as_table
from warehouse.schema import Fact, Table
from warehouse.store import query

MOST_FIGURES, MOST_FILES = 20, 20
FILE = ("name", "sha256", "rows_accepted", "rows_rejected", "rows_read", "corrections")
RULES_OF = {"mart.fact_premium": "mart.fact_premium_rule"}
RULE_ID = re.compile(r"R\d+[A-Z]?")
NOT_RECORDED = "tidak tercatat / not recorded"
RUN = "SELECT started_at, finished_at, state, settings FROM ops.run WHERE run_id = ?"
INPUTS = """
SELECT code_version, kind, input_month, input_as_of_date, name, sha256, rows_accepted, rows_rejected, rows_read, corrections
FROM ops.lineage
INNER JOIN ops.lineage_file USING (input_id)
WHERE fact = ? AND month IS NOT DISTINCT FROM ?::DATE AND as_of_date IS NOT DISTINCT FROM ?::DATE AND run_id = ?
ORDER BY kind, input_month DESC, input_as_of_date DESC, input_id, position
"""


def receipts(
    warehouse: Path,
    fact: str,
    conditions: Sequence[str],
    as_of: date | None = None,
    *,
    history: bool = False,
    most: int = MOST_FIGURES,
) -> list[dict[str, Any]]:
    """Return one receipt per edition with rows that meet the conditions, `most` of them listed, as plain values.

    Editions are those that stand, of the newest as_of_date unless the conditions name one; with `as_of` those that were
    known on that day; with `history` all. Raises Stop when a word is unknown or no row is found.
    """
    table = fact_named(fact)
    asked = conditions_of(table, conditions)
    found = editions(warehouse, table, asked)
    chosen = found if history else known_on(as_of, found) if as_of else standing(found)
    told = [one for edition in chosen if (one := _receipt(warehouse, table, asked, edition, most))]
    if not told:
        raise nothing_found(warehouse, table, asked)
    return told


def text(found: Sequence[Mapping[str, Any]]) -> str:
    """Return receipts for people: the figures, then what stands behind them."""
    return "\n\n".join("\n".join(_told(one)) for one in found)


def _receipt(
    warehouse: Path, fact: type[Fact], asked: Conditions, edition: Edition, most: int
) -> dict[str, Any] | None:
    rows, count = figures(warehouse, fact, asked, edition, most)
    if not count:
        return None
    inputs = query(warehouse, INPUTS, [fact.qualified(), *edition.version, edition.run_id])
    run = query(warehouse, RUN, [edition.run_id]).to_dicts()
    seeds = inputs.filter(pl.col("kind") == SEED)
    return {
        "fact": fact.qualified(), "month": edition.month, "as_of_date": edition.as_of_date,
        "loaded_at": edition.loaded_at, "superseded_at": edition.superseded_at, "run_id": edition.run_id,
        "run": run[0] | {"settings": json.loads(run[0]["settings"])} if run else None,
        "code_version": next(iter(inputs["code_version"]), None),
        "figures_found": count, "figures": rows.to_dicts(),
        "inputs": _inputs(inputs.filter(pl.col("kind") != SEED)),
        "rule_files": seeds.select("name", "sha256").to_dicts(),
        "rules": _rules(warehouse, fact, asked, edition),
    }  # fmt: skip


def _inputs(files: pl.DataFrame) -> list[dict[str, Any]]:
    version = ("kind", "input_month", "input_as_of_date")
    parts = files.partition_by(*version, maintain_order=True, as_dict=True)
    names = ("kind", "month", "as_of_date")
    return [dict(zip(names, key, strict=True)) | {"files": part.select(FILE).to_dicts()} for key, part in parts.items()]


def _rules(warehouse: Path, fact: type[Fact], asked: Conditions, edition: Edition) -> list[dict[str, Any]]:
    """Return the rules of law that make the amounts of a figure, with their citations, where another fact tells them."""
    detail = Table.registry.get(RULES_OF.get(fact.qualified(), ""))
    if detail is None or not issubclass(detail, Fact):
        return []
    shared = {name: value for name, value in asked.items() if name in detail.key()}
    version = {name: value for name, value in edition.conditions().items() if name != "run_id"}
    beside = [one for one in editions(warehouse, detail, version) if one.stood_at(edition.loaded_at)]
    cited = dict(query(warehouse, "SELECT rule_id, legal_ref FROM core.contribution_rule").iter_rows())
    found: list[dict[str, Any]] = []
    for one in beside:
        condition, values = where({**shared, **one.conditions()})
        sums = "sum(memberships)::BIGINT AS memberships, sum(due_idr)::BIGINT AS due_idr"
        sql = f"SELECT rules, confidence, {sums} FROM {detail.qualified()} WHERE {condition} GROUP BY ALL ORDER BY ALL"
        found += query(warehouse, sql, values).to_dicts()
    return [row | {"legal_refs": [cited.get(rule) for rule in RULE_ID.findall(row["rules"])]} for row in found]


def _told(one: Mapping[str, Any]) -> Iterator[str]:
    columns = Table.registry[one["fact"]].columns
    shown = pl.DataFrame(one["figures"], schema={name: column.dtype for name, column in columns.items()})
    version = f" {one['month']:%Y-%m}, tanggal data / as of {one['as_of_date']}" if one["as_of_date"] else ""
    yield f"{one['fact']}{version}"
    yield as_table(shown.drop("month", "as_of_date", strict=False))
    if more := one["figures_found"] - shown.height:
        yield f"... {more:,} baris lagi / more rows"
    yield f"dimuat / loaded: {one['loaded_at']:%Y-%m-%d %H:%M:%S} UTC; {_stands(one)}"
    yield f"proses / run: {one['run_id']}; {_ran(one['run'])}"
    if one["run"]:
        yield f"setelan / settings: {json.dumps(one['run']['settings'])}"
    yield f"kode / code: {one['code_version'] or NOT_RECORDED}"
    for source in one["inputs"]:
        yield from _source_told(source)
    for seed in one["rule_files"]:
        yield f"aturan / rules: {seed['sha256']}  {seed['name']}"
    for rule in one["rules"]:
        due = "-" if rule["due_idr"] is None else f"{rule['due_idr']:,}"
        cited = "; ".join(dict.fromkeys(ref for ref in rule["legal_refs"] if ref))
        yield f"  {rule['rules']}: Rp {due}, {rule['memberships']:,} kepesertaan / memberships; {cited}"


def _stands(one: Mapping[str, Any]) -> str:
    if one["superseded_at"] is None:
        return "berlaku / stands"
    return f"digantikan / superseded: {one['superseded_at']:%Y-%m-%d %H:%M:%S} UTC"


def _ran(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return f"akhirnya {NOT_RECORDED}: it did not come to its end"
    moments = f"{run['started_at']:%Y-%m-%d %H:%M:%S} - {run['finished_at']:%Y-%m-%d %H:%M:%S} UTC"
    return f"{moments}; {run['state']}"


def _source_told(source: Mapping[str, Any]) -> Iterator[str]:
    version = f" {source['month']:%Y-%m} {source['as_of_date']}" if source["month"] else ""
    yield f"{source['kind']}{version}:"
    files = source["files"]
    for file in files[:MOST_FILES]:
        rows = f"{file['rows_accepted']:,} diterima / accepted, {file['rows_rejected']:,} ditolak / rejected"
        corrected = f"; koreksi / corrections: {file['corrections']}" if file["corrections"] else ""
        yield f"  {file['sha256']}  {file['name']}  ({rows}{corrected})"
    if len(files) > MOST_FILES:
        yield f"  ... {len(files) - MOST_FILES:,} berkas lagi / more files (--json)"
