"""What lies in quarantine: by file and rule with counts that add up, and row by row with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from flows.gating import extract_of
from flows.planning import MONTH_IN_NAME
from flows.printing import as_table
from flows.quarantine.blame import blamed
from flows.quarantine.state import OPEN, STATES, Content, contents, rows
from flows.settings import Settings
from warehouse.errors import Stop
from warehouse.home import Home
from warehouse.rules import LINE_NO

MOST_ROWS = 200
TITLES = {
    "name": "berkas / file", "sha256": "isi / content", "rule": "aturan / rule", "rows": "baris / rows",
    "open": "terbuka / open", "accepted": "diterima / accepted", "dropped": "dibuang / dropped",
    "replaced": "diganti / replaced", "first_seen": "pertama / first seen", "first_run": "proses / run",
    "resolved_by": "diselesaikan / resolved by", "resolved_at": "pada / at",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which files and rows are asked for; empty for all. `file` and `source` are told of names, `rule` of rules."""

    file: str = ""
    kind: str = ""
    rule: str = ""
    source: str = ""
    month: date | None = None
    state: str = ""

    def wants(self, one: Content, settings: Settings) -> bool:
        """Return whether a content is asked for."""
        delivery = one.judged.delivery
        named = settings.sources.get(self.source)
        return (
            (not self.file or delivery.name == self.file or PurePosixPath(delivery.name).match(self.file))
            and self.kind in ("", delivery.kind)
            and (not self.source or (named is not None and settings.source_of(delivery.name) == named))
            and (self.month is None or self.month in months_of(one))
        )


def months_of(one: Content) -> set[date]:
    """Return the months of the accepted rows of a content, else the one in its name."""
    fed = {version.month for version in one.judged.verdict.fed()}
    named = MONTH_IN_NAME.search(one.judged.delivery.name)
    return fed or ({date(int(named[1]), int(named[2]), 1)} if named else set())


def listed(home: Home, settings: Settings, wanted: Wanted) -> dict[str, Any]:
    """Return `totals` of all rows asked for and one entry per file and rule: rows, states, first seen, resolved by.

    rows = open + accepted + dropped + replaced, in the totals and in every entry. A row that breaks several rules
    stands in the entry of each, so entries do not add up to the totals.
    """
    everything = contents(home)
    mine = {(one.judged.delivery.name, one.judged.delivery.sha256) for one in everything if wanted.wants(one, settings)}
    found = wanted_rows(rows(home, everything), wanted)
    found = found.filter(pl.struct("name", "sha256").is_in([{"name": name, "sha256": sha} for name, sha in mine]))
    return {"totals": totals(found), "entries": by_rule(found).to_dicts()}


def wanted_rows(found: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """Return the rows of the state and with the rule asked for."""
    if wanted.state:
        found = found.filter(pl.col("state") == wanted.state)
    return found.filter(pl.col("rules").str.split(",").list.contains(wanted.rule)) if wanted.rule else found


def totals(found: pl.DataFrame) -> dict[str, int]:
    """Return how many rows were ever rejected, and how many of them are in each state."""
    return {"rows": found.height, **{state: found.filter(pl.col("state") == state).height for state in STATES}}


def by_rule(found: pl.DataFrame) -> pl.DataFrame:
    """Return one row per file content and rule: the rows that broke it, by state, since when, resolved by what."""
    single = found.with_columns(rule=pl.col("rules").str.split(",")).explode("rule")
    counts = [(pl.col("state") == state).sum().alias(state) for state in STATES]
    return (
        single.group_by("name", "kind", "sha256", "rule")
        .agg(
            pl.len().alias("rows"), *counts,
            pl.col("first_seen", "first_run").sort_by("first_seen").first(),
            pl.col("resolved_by", "resolved_at", "resolved_run").sort_by("resolved_at").drop_nulls().last(),
        )
        .sort("first_seen", "name", "sha256", "rule")
    )  # fmt: skip


def text(found: Mapping[str, Any]) -> str:
    """Return the list for people."""
    told = found["totals"]
    head = (
        f"{told['rows']:,} baris pernah ditolak / rows ever rejected = {told['open']:,} terbuka / open"
        f" + {told['accepted']:,} diterima / accepted + {told['dropped']:,} dibuang koreksi / dropped by a correction"
        f" + {told['replaced']:,} diganti / replaced"
    )
    if not found["entries"]:
        return head
    table = pl.DataFrame(found["entries"]).select(
        pl.col(name).str.slice(0, 12) if name == "sha256" else _moment(name) for name in TITLES
    )
    return f"{head}\n\n{as_table(table.rename(TITLES))}"


def content_of(home: Home, name: str, *, unread: bool = False) -> Content:
    """Return the content that a name, or the head of a SHA-256, means: under a name the newest that could be read.

    With `unread` those that could not be read count too.

    Raises Stop when there is none, naming the nearest.
    """
    everything = [one for one in contents(home) if unread or one.judged.verdict.rows is not None]
    named = [
        one for one in everything if name in (one.judged.delivery.name, PurePosixPath(one.judged.delivery.name).name)
    ]
    by_content = [one for one in everything if len(name) >= 8 and one.judged.delivery.sha256.startswith(name)]
    plain = [one for one in named if not one.judged.verdict.answers]
    if found := plain or named or by_content:
        return found[-1]
    near = get_close_matches(name, [one.judged.delivery.name for one in everything], n=1)
    listed = f" ({near[0]}?)" if near else ""
    raise Stop(
        "file_unknown", f"no judged file is called {name}{listed}", f"tidak ada berkas bernama {name}{listed}",
        "cakupan quarantine list",
    )  # fmt: skip


def rows_of(home: Home, one: Content, state: str = OPEN) -> pl.DataFrame:
    """Return the rows of a content that are in a state, or all that were ever rejected."""
    delivery = one.judged.delivery
    found = rows(home).filter((pl.col("name") == delivery.name) & (pl.col("sha256") == delivery.sha256))
    return found.filter(pl.col("state") == state) if state else found


def with_reasons(found: pl.DataFrame, kind: str) -> list[dict[str, Any]]:
    """Return rows as plain values with what is wrong in both languages and the columns that are wrong."""
    table = extract_of(kind)
    told = []
    for row in found.to_dicts():
        reasons = blamed(row["rules"], table)
        told.append({
            **row,
            "reasons_id": [one.id for one in reasons],
            "reasons_en": [one.en for one in reasons],
            "columns": list(dict.fromkeys(name for one in reasons for name in one.columns)),
        })  # fmt: skip
    return told


def rows_text(name: str, told: Sequence[Mapping[str, Any]]) -> str:
    """Return rows for people: line, state, reasons, and the row with personal data masked."""
    lines = [f"{name}: {len(told):,} baris / rows"]
    for row in told[:MOST_ROWS]:
        resolved = f" ({row['resolved_by']}, {row['resolved_at'][:19]})" if row["resolved_at"] else ""
        lines.append(
            f"baris / line {row[LINE_NO]}: {row['state']}{resolved}; pertama / first seen {row['first_seen'][:19]}"
        )
        pairs = zip(row["rules"].split(","), row["reasons_id"], row["reasons_en"], strict=True)
        lines += [f"  {rule}: {id} / {en}" for rule, id, en in pairs]
        lines.append(f"  {row['masked_row']}")
    if len(told) > MOST_ROWS:
        lines.append(f"... {len(told) - MOST_ROWS:,} baris lagi / more rows (--json)")
    return "\n".join(lines)


def _moment(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.slice(0, 19) if name in ("first_seen", "resolved_at") else pl.col(name)
