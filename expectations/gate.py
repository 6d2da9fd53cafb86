"""The gate: Great Expectations judges a file, and its rows go to the lake or to quarantine, in one scan.

The split follows the suite, not the declarations behind it: a rule that the suite does not hold rejects nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.masking import masked_row
from warehouse.files import placed
from warehouse.ledger import Check, Reason
from warehouse.rules import LINE_NO, messages
from warehouse.schema import Extract

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

TABLE_RULES = {
    "rows": ("the file has no rows", "berkas tidak berisi baris"),
    "columns": ("the rows have other columns than declared", "kolom berbeda dari yang dinyatakan"),
}


@dataclass(frozen=True)
class Judgement:
    """What the gate found: the counts, the broken and the counted rules, what stops the file, and every check."""

    rows: int
    accepted: int
    rejected: int
    broken: dict[str, int]
    warned: dict[str, int]
    stops: tuple[Reason, ...]
    checks: tuple[Check, ...]
    result: dict[str, Any]


def judge_file(
    frame: pl.LazyFrame,
    table: type[Extract],
    *,
    subject: str,
    accept: Callable[[pl.LazyFrame], pl.LazyFrame],
    accepted: Path,
    rejected: Path,
    suite: ExpectationSuite | None = None,
) -> Judgement:
    """Return the judgement on the standardised rows of a file, and write `accepted` and `rejected`.

    `accept` turns judged rows into lake rows. `rejected` holds line_no, the names of the broken rules and the
    row as JSON with personal data masked. Raises when the frame cannot be computed.
    """
    from expectations.declared import gate_suite
    from expectations.engine import judge, row_rules, validate

    suite = suite or gate_suite(table)
    judged = judge(frame, suite)
    bits = [(bit, name) for bit, name, severity in row_rules(suite) if severity == "warning"]
    bad = pl.col("broken_rules") & pl.lit(sum(1 << bit for bit, _ in bits), pl.UInt64) != 0
    with placed(accepted) as good_rows, placed(rejected) as bad_rows:
        sinks = [
            accept(judged.filter(~bad)).sink_parquet(good_rows, compression="zstd", lazy=True),
            _quarantined(judged.filter(bad), table, bits).sink_parquet(bad_rows, compression="zstd", lazy=True),
        ]
        verdict = validate(frame, suite, name=subject, sinks=sinks)
        for path in (good_rows, bad_rows):
            if not path.exists():
                pl.DataFrame().write_parquet(path)
        split = _rows(good_rows), _rows(bad_rows)
    counts = {one.rule: one.observed for one in verdict.outcomes if not one.success and one.error is None}
    severity = {one.rule: one.severity for one in verdict.outcomes}
    return Judgement(
        rows=verdict.rows,
        accepted=split[0],
        rejected=split[1],
        broken={rule: count for rule, count in counts.items() if severity[rule] == "warning"},
        warned={rule: count for rule, count in counts.items() if severity[rule] == "info"},
        stops=_stops(verdict.outcomes, table),
        checks=tuple(one.check(table.name, subject) for one in verdict.outcomes),
        result=verdict.result.to_json_dict(),
    )


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _quarantined(bad: pl.LazyFrame, table: type[Extract], bits: list[tuple[int, str]]) -> pl.LazyFrame:
    word = pl.col("broken_rules")
    names = [pl.when(word & (1 << bit) != 0).then(pl.lit(name)) for bit, name in bits]
    return bad.select(
        pl.col(LINE_NO),
        pl.concat_str(pl.lit(None, pl.String), *names, separator=",", ignore_nulls=True).alias("rules"),
        masked_row(table),
    )


def _stops(outcomes: tuple[Any, ...], table: type[Extract]) -> tuple[Reason, ...]:
    known = messages(table)
    found = []
    for one in outcomes:
        if one.error:
            text = f"rule {one.rule} could not run", f"aturan {one.rule} tidak dapat dijalankan"
            found.append(Reason("rule_could_not_run", *text, "report it to the maintainers"))
        elif not one.success and one.severity == "critical":
            rule = known.get(one.rule)
            name = one.rule.removeprefix(f"{table.name}.")
            text = (rule.en, rule.id) if rule else TABLE_RULES[name]
            found.append(Reason(name, *text, "correct the file and send it again"))
    return tuple(found)
