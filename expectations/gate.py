"""The gate: Great Expectations judges a file, and its rows go to the lake or to quarantine, in one scan.

The split follows the suite, not the declarations behind it: a rule that the suite does not hold rejects nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations import corrections as fixes
from expectations.masking import masked_row
from warehouse.corrections import Correction
from warehouse.damage import damages
from warehouse.lake import marked
from warehouse.ledger import Check, Reason
from warehouse.rules import LINE_NO, RAW, messages
from warehouse.schema import Extract
from warehouse.seals import sealed

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

TABLE_RULES = {
    "rows": ("the file has no rows", "berkas tidak berisi baris"),
    "columns": ("the rows have other columns than declared", "kolom berbeda dari yang dinyatakan"),
}
MOST_HINTS = 5


@dataclass(frozen=True)
class Judgement:
    """What the gate found: the counts, the broken and the counted rules, what stops the file, and every check.

    `corrected` are the rows by correction that was about the file; `dropped` the rejected rows that corrections
    dropped; `hints` the commonest explanations in the rejected rows, with how many rows have them.
    """

    rows: int
    accepted: int
    rejected: int
    broken: dict[str, int]
    warned: dict[str, int]
    stops: tuple[Reason, ...]
    checks: tuple[Check, ...]
    result: dict[str, Any]
    corrected: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    hints: dict[str, int] = field(default_factory=dict)


def judge_file(
    frame: pl.LazyFrame,
    table: type[Extract],
    *,
    subject: str,
    accept: Callable[[pl.LazyFrame], pl.LazyFrame],
    accepted: Path,
    rejected: Path,
    suite: ExpectationSuite | None = None,
    corrections: Sequence[Correction] = (),
    explained: Sequence[pl.Expr] = (),
    key: str = "",
) -> Judgement:
    """Return the judgement on the standardised rows of a file, and write `accepted` and `rejected`.

    `accept` turns judged rows into lake rows. `corrections` are those that the rows went through. `rejected` holds
    line_no, the names of the broken rules and the row as JSON with personal data masked, and in it what `explained`
    says of the row, the column `hints` first of all. `key` names the key of the tokens that `accept` makes. Raises when
    the frame cannot be computed.
    """
    from expectations.declared import gate_suite
    from expectations.engine import judge, row_rules, validate

    suite = fixes.with_corrections(suite or gate_suite(table), corrections)
    judged = judge(frame, suite)
    bits = [(bit, name) for bit, name, severity in row_rules(suite) if severity == "warning"]
    bad = pl.col("broken_rules") & pl.lit(sum(1 << bit for bit, _ in bits), pl.UInt64) != 0
    names = [*_names(bits), *fixes.names_of_drops(corrections), *_damage(table)]
    with sealed(accepted) as good_rows, sealed(rejected) as bad_rows:
        quarantine = _quarantined(judged.filter(bad), names, masked_row(table, explained))
        sinks = [
            accept(judged.filter(~bad)).sink_parquet(good_rows, compression="zstd", metadata=marked(key), lazy=True),
            quarantine.sink_parquet(bad_rows, compression="zstd", lazy=True),
        ]
        verdict = validate(frame, suite, name=subject, sinks=sinks)
        for path in (good_rows, bad_rows):
            if not path.exists():
                pl.DataFrame().write_parquet(path)
        split, hints = (_rows(good_rows), _rows(bad_rows)), _hints(bad_rows)
        damaged = _damaged(bad_rows, table)
    found = fixes.guards(verdict.outcomes, corrections)
    declared = [one for one in verdict.outcomes if one not in found.values()]
    counts = {one.rule: one.observed for one in declared if not one.success and one.error is None}
    severity = {one.rule: one.severity for one in declared}
    dropped = counts.pop(fixes.DROPPED, 0)
    rows = {one: guard.observed for one, guard in found.items() if guard.error is None}
    return Judgement(
        rows=verdict.rows,
        accepted=split[0],
        rejected=split[1],
        broken=_of(counts, severity, "warning") | damaged | fixes.rows_of(rows, "drop"),
        warned=_of(counts, severity, "info") | fixes.rows_of(rows, "flag"),
        stops=_stops(verdict.outcomes, table, corrections),
        checks=(
            *(one.check(table.name, subject) for one in declared),
            *(fixes.check(one, guard, subject) for one, guard in found.items()),
        ),
        result=verdict.result.to_json_dict(),
        corrected={one.id: count for one, count in rows.items() if count >= 0},
        dropped=dropped,
        hints=hints,
    )


def _of(counts: dict[str, int], severity: dict[str, str], level: str) -> dict[str, int]:
    return {rule: count for rule, count in counts.items() if severity[rule] == level}


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _hints(path: Path) -> dict[str, int]:
    quarantine = pl.scan_parquet(path)
    if "masked_row" not in quarantine.collect_schema():
        return {}
    said = quarantine.select(hint=pl.col("masked_row").str.json_path_match("$.hints")).drop_nulls()
    often = said.group_by("hint").len().top_k(MOST_HINTS, by=["len", "hint"]).collect(engine="streaming")
    return dict(zip(often["hint"], often["len"], strict=True))


def _damage(table: type[Extract]) -> list[pl.Expr]:
    """Return the names of what a spreadsheet did to a rejected row: its texts say it, no rule is needed for it."""
    return [
        pl.when(pl.col(RAW + one.column).str.contains(one.pattern)).then(pl.lit(one.name)) for one in damages(table)
    ]


def _damaged(path: Path, table: type[Extract]) -> dict[str, int]:
    quarantine = pl.scan_parquet(path)
    if "rules" not in quarantine.collect_schema():
        return {}
    names = quarantine.select(name=pl.col("rules").str.split(",")).explode("name")
    known = names.filter(pl.col("name").is_in([one.name for one in damages(table)]))
    counted = known.group_by("name").len().sort("name").collect(engine="streaming")
    return dict(zip(counted["name"], counted["len"], strict=True))


def _names(bits: list[tuple[int, str]]) -> list[pl.Expr]:
    named = [(bit, name) for bit, name in bits if name != fixes.DROPPED]
    return [pl.when(pl.col("broken_rules") & (1 << bit) != 0).then(pl.lit(name)) for bit, name in named]


def _quarantined(bad: pl.LazyFrame, names: Sequence[pl.Expr], masked: pl.Expr) -> pl.LazyFrame:
    rules = pl.concat_str(pl.lit(None, pl.String), *names, separator=",", ignore_nulls=True).alias("rules")
    return bad.select(pl.col(LINE_NO), rules, masked)


def _stops(outcomes: tuple[Any, ...], table: type[Extract], corrections: Sequence[Correction]) -> tuple[Reason, ...]:
    known = messages(table)
    found = []
    for one in outcomes:
        if one.error:
            text = f"rule {one.rule} could not run", f"aturan {one.rule} tidak dapat dijalankan"
            found.append(Reason("rule_could_not_run", *text, "report it to the maintainers"))
        elif not one.success and (why := fixes.reason(one, corrections)):
            found.append(why)
        elif not one.success and one.severity == "critical":
            rule = known.get(one.rule)
            name = one.rule.removeprefix(f"{table.name}.")
            text = (rule.en, rule.id) if rule else TABLE_RULES[name]
            found.append(Reason(name, *text, "correct the file and send it again"))
    return tuple(found)
