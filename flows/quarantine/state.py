"""The state of every row that was ever rejected, read from journal, verdicts and lake: nothing else remembers it.

A row is that of a content under a name. It is open until a later gating accepts it, an accepted answer stands for it,
a correction of ours drops it, or its content is replaced. The same row in the content that replaces it stays the same
row: it is counted once, with the day on which it was first seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations.answers import UNKNOWN
from flows.planning import Judged, standing
from flows.quarantine.answers import OF_LINE
from warehouse import gatings, lake, ledger
from warehouse.corrections import CORRECTION
from warehouse.gatings import Gating
from warehouse.home import Home
from warehouse.ledger import Delivery
from warehouse.rules import LINE_NO

OPEN, ACCEPTED, DROPPED, REPLACED = STATES = ("open", "accepted", "dropped", "replaced")
COLUMNS = pl.Schema(
    {
        "name": pl.String(), "kind": pl.String(), "sha256": pl.String(), LINE_NO: pl.Int64(), "rules": pl.String(),
        "masked_row": pl.String(), "first_seen": pl.String(), "first_run": pl.String(), "state": pl.String(),
        "resolved_by": pl.String(), "resolved_at": pl.String(), "resolved_run": pl.String(),
    }
)  # fmt: skip
REPEATED = '{"key": "stands in another file of the month"}'
ALIKE = ["rules", "masked_row"]


@dataclass(frozen=True)
class Content:
    """One content under one name, with its gatings in order of time; the last is in force."""

    judged: Judged
    history: tuple[Gating, ...]

    @property
    def now(self) -> Gating:
        """Return the gating in force."""
        return self.history[-1]


def contents(home: Home) -> list[Content]:
    """Return every content that was gated in a run that came to its end, in order of its last arrival."""
    history: dict[tuple[str, str], list[Gating]] = defaultdict(list)
    for one in gatings.gatings(home):
        history[one.name, one.sha256].append(one)
    arrived: dict[tuple[str, str], Delivery] = {}
    for delivery in ledger.deliveries(home):
        key = delivery.name, delivery.sha256
        arrived.pop(key, None)
        arrived[key] = delivery
    found = []
    for key, delivery in arrived.items():
        verdict = ledger.find(home, history[key][-1].gate_id) if key in history else None
        if verdict:
            found.append(Content(Judged(delivery, verdict), tuple(history[key])))
    return found


def rows(home: Home, known: Sequence[Content] | None = None) -> pl.DataFrame:
    """Return every row that was ever rejected, with COLUMNS: its state, and by what and when it was resolved."""
    everything = contents(home) if known is None else list(known)
    stands = standing([one.judged for one in everything]).gates()
    answered = _answers(home, everything)
    by_name: dict[tuple[str, bool], list[Content]] = defaultdict(list)
    for one in everything:
        by_name[one.judged.delivery.name, bool(one.judged.verdict.answers)].append(one)
    found = [frame for several in by_name.values() for frame in _of_name(home, several, stands, answered)]
    return pl.concat([pl.DataFrame(schema=COLUMNS), *found])


def rejected_now(home: Home, one: Gating) -> pl.DataFrame:
    """Return the rows that a gating rejected and those that the months left out: line_no, rules, masked_row."""
    copies = pl.DataFrame({LINE_NO: one.repeated}, schema={LINE_NO: pl.Int64})
    copies = copies.with_columns(rules=pl.lit("duplicate_row"), masked_row=pl.lit(REPEATED))
    return pl.concat([lake.rejected_rows(home, one.kind, one.gate_id), copies])


def _of_name(
    home: Home, several: Sequence[Content], stands: set[str], answered: Mapping[str, pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """Yield the rows of the contents of a name; a row that the next content has too is told there."""
    before: tuple[Content, pl.DataFrame] | None = None
    for one in several:
        found = _told(home, one, answered.get(one.judged.delivery.sha256))
        if before:
            rest, found = _carried(before[1], found)
            stays = before[0].now.gate_id in stands and not before[0].judged.verdict.answers
            yield rest if stays else _replaced(rest, one)
        before = one, found
    if before:
        yield before[1]


def _told(home: Home, one: Content, answers: pl.DataFrame | None) -> pl.DataFrame:
    """Return the rows of one content as its gatings and its answers left them; rows that answer others are told there."""
    delivery, found = one.judged.delivery, _rejections(home, one)
    if one.judged.verdict.answers:
        found = found.filter(pl.col("rules").str.contains(UNKNOWN, literal=True))
    begun, after = _times(one, "first_seen", "first_run"), _times(one, "resolved_at", "resolved_run")
    known = found.join(begun, left_on="begun", right_on="place").join(
        after, left_on="next", right_on="place", how="left"
    )
    accepted = pl.col("resolved_at").is_not_null()
    dropped = pl.col("rules").str.starts_with(CORRECTION)
    known = known.with_columns(
        name=pl.lit(delivery.name),
        kind=pl.lit(delivery.kind),
        sha256=pl.lit(delivery.sha256),
        state=pl.when(accepted).then(pl.lit(ACCEPTED)).when(dropped).then(pl.lit(DROPPED)).otherwise(pl.lit(OPEN)),
        resolved_by=pl.when(accepted).then(pl.lit(delivery.name)).when(dropped).then("rules"),
    )
    return _answered(known.select(list(COLUMNS)), answers)


def _rejections(home: Home, one: Content) -> pl.DataFrame:
    """Return every line that a gating of a content rejected: `begun` and `next` are the places in its history of the first
    gating that rejected it and of the one after the last."""
    seen = [rejected_now(home, gating).with_columns(place=pl.lit(at)) for at, gating in enumerate(one.history)]
    return (
        pl.concat(seen)
        .group_by(LINE_NO)
        .agg(pl.col(*ALIKE).sort_by("place").last(), begun=pl.col("place").min(), next=pl.col("place").max() + 1)
        .sort(LINE_NO)
    )


def _times(one: Content, at: str, run: str) -> pl.DataFrame:
    rows = [{"place": place, at: gating.at, run: gating.run_id} for place, gating in enumerate(one.history)]
    return pl.DataFrame(rows, schema={"place": pl.Int32, at: pl.String, run: pl.String})


def _answers(home: Home, everything: Sequence[Content]) -> dict[str, pl.DataFrame]:
    """Return, by content, which of its lines an accepted row stands for, of which file, since when."""
    found: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for one in everything:
        verdict = one.judged.verdict
        if verdict.answers and not verdict.stopped:
            pairs = lake.read(lake.answers_path(home, verdict.gate_id)).filter(pl.col(OF_LINE) > 0)
            told = _rejections(home, one).select(LINE_NO, "next")
            since = pairs.join(told, on=LINE_NO, how="left").with_columns(pl.col("next").fill_null(0))
            times = _times(one, "answered_at", "answered_run")
            accepted = since.join(times, left_on="next", right_on="place").with_columns(
                by=pl.lit(one.judged.delivery.name)
            )
            found[verdict.answers].append(
                accepted.select(pl.col(OF_LINE).alias(LINE_NO), "by", "answered_at", "answered_run")
            )
    return {
        sha256: pl.concat(several).sort("answered_at").unique(LINE_NO, keep="first", maintain_order=True)
        for sha256, several in found.items()
    }


def _answered(known: pl.DataFrame, answers: pl.DataFrame | None) -> pl.DataFrame:
    if answers is None:
        return known
    stands = (pl.col("state") == OPEN) & pl.col("by").is_not_null()
    told = {
        "state": pl.lit(ACCEPTED),
        "resolved_by": pl.col("by"),
        "resolved_at": pl.col("answered_at"),
        "resolved_run": pl.col("answered_run"),
    }
    joined = known.join(answers, on=LINE_NO, how="left")
    return joined.with_columns(
        pl.when(stands).then(new).otherwise(pl.col(name)).alias(name) for name, new in told.items()
    ).select(list(COLUMNS))


def _carried(before: pl.DataFrame, found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a content without the open ones that its next content has too, and those of the next one.

    Rows are the same when they broke the same rules and look the same masked. Of several that look the same as many as
    in the next content stay open, so that nothing counts as resolved that may not be.
    """
    nth = pl.int_range(pl.len()).over(ALIKE).alias("nth")
    is_open = pl.col("state") == OPEN
    old, new = before.filter(is_open).with_columns(nth), found.with_columns(nth)
    same = [*ALIKE, "nth"]
    first = old.select(*same, since="first_seen", since_run="first_run")
    joined = new.join(first, on=same, how="left", nulls_equal=True, maintain_order="left").with_columns(
        first_seen=pl.coalesce("since", "first_seen"), first_run=pl.coalesce("since_run", "first_run")
    )
    rest = old.join(new, on=same, how="anti", nulls_equal=True)
    return pl.concat([before.filter(~is_open), rest.select(list(COLUMNS))]), joined.select(list(COLUMNS))


def _replaced(rest: pl.DataFrame, by: Content) -> pl.DataFrame:
    """Return the rows of a content, those still open resolved by the content that replaced it."""
    first, is_open = by.history[0], pl.col("state") == OPEN
    told = {"state": REPLACED, "resolved_by": first.name, "resolved_at": first.at, "resolved_run": first.run_id}
    return rest.with_columns(
        pl.when(is_open).then(pl.lit(new)).otherwise(name).alias(name) for name, new in told.items()
    )
