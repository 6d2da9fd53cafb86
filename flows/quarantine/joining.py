"""Answers join the file they answer: its rejected rows stay where they are, and the rows sent back stand in their place.

An answer stands and falls with the content it answers; of two answers to one row the later one that is accepted stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

from flows.context import Load, fingerprint
from flows.gating import Terms, gate
from flows.planning import Judged
from flows.quarantine.answers import OF_CONTENT, OF_LINE, dialect_of_answers
from flows.quarantine.matching import matched
from warehouse import lake
from warehouse.home import Home
from warehouse.ledger import Verdict
from warehouse.rules import LINE_NO
from warehouse.schema import Lazy
from warehouse.tables.minimum_wage import MinimumWage

TOO_MANY = "too_many_rejected"
Groups = dict[int, list[tuple[int, pl.DataFrame]]]
PAIRS = pl.Schema({LINE_NO: pl.Int64(), OF_LINE: pl.Int64()})


def joined(load: Load, judged: list[Judged], wages: Lazy[MinimumWage]) -> list[Judged]:
    """Return the deliveries with their verdicts, those that answer rejected rows judged as answers.

    A file that was stopped for its many rejected rows is judged again without those that answers stand for.
    """
    found = list(judged)
    last = {(one.delivery.name, one.delivery.sha256): place for place, one in enumerate(judged)}
    for first, answers in _by_first(load, judged, last).items():
        taken = set[int]()
        for place, pairs in reversed(answers):
            verdict = _gate_answer(load, judged[place], judged[first], pairs, taken, wages)
            found[place] = Judged(found[place].delivery, verdict)
            if not verdict.stopped:
                taken |= set(accepted_answers(load.home, found[place])[OF_LINE])
        base = judged[first]
        if taken and [reason.rule for reason in base.verdict.stops] == [TOO_MANY]:
            again = _gate_first(load, base, len(taken), wages)
            same = [place for place, one in enumerate(judged) if one.verdict.gate_id == base.verdict.gate_id]
            for place in same:
                found[place] = Judged(judged[place].delivery, again)
    newest = (found[last[one.delivery.name, one.delivery.sha256]] for one in judged)
    return [
        Judged(one.delivery, now.verdict if now.verdict.answers else found[place].verdict)
        for place, (one, now) in enumerate(zip(judged, newest, strict=True))
    ]


def accepted_answers(home: Home, one: Judged) -> pl.DataFrame:
    """Return, for the accepted rows of an answer, their line and the line they answer."""
    pairs = lake.read(lake.answers_path(home, one.verdict.gate_id))
    rejected = lake.rejected_rows(home, one.delivery.kind, one.verdict.gate_id)
    return pairs.filter(pl.col(OF_LINE) > 0).join(rejected, on=LINE_NO, how="anti")


def _by_first(load: Load, judged: list[Judged], last: Mapping[tuple[str, str], int]) -> Groups:
    """Return, by the place of the content that is answered, its answers with the lines they answer, in order of arrival.

    A content that came several times counts where it came `last`.
    """
    found: Groups = defaultdict(list)
    by_content = {one.delivery.sha256: place for place, one in enumerate(judged) if not one.verdict.answers}
    earlier: dict[str, int] = {}
    for place, one in enumerate(judged):
        name, is_last = one.delivery.name, last[one.delivery.name, one.delivery.sha256] == place
        first, pairs = None, None
        if one.verdict.answers and is_last:
            first, pairs = _marked(load.home, one, by_content)
        elif is_last and name in earlier:
            first = by_content[judged[earlier[name]].delivery.sha256]
            pairs = matched(load, judged[first], one)
        if first is not None and pairs is not None:
            found[first].append((place, pairs))
        elif not one.verdict.answers:
            earlier[name] = place
    return found


def _marked(home: Home, one: Judged, by_content: dict[str, int]) -> tuple[int | None, pl.DataFrame | None]:
    path = lake.answers_path(home, one.verdict.gate_id)
    told = lake.read(path) if path.exists() else pl.DataFrame({OF_CONTENT: []}, schema={OF_CONTENT: pl.String})
    heads = set(told[OF_CONTENT].drop_nulls())
    if len(heads) != 1:
        return None, None
    place = next((place for sha256, place in by_content.items() if sha256[:12] in heads), None)
    return place, told.with_columns(pl.when(pl.col(OF_CONTENT).is_not_null()).then(OF_LINE)).select(LINE_NO, OF_LINE)


def _gate_answer(
    load: Load, one: Judged, first: Judged, pairs: pl.DataFrame, taken: set[int], wages: Lazy[MinimumWage]
) -> Verdict:
    delivery = one.delivery
    rejected = lake.rejected_rows(load.home, first.delivery.kind, first.verdict.gate_id)
    known = _needed(pairs, rejected[LINE_NO].to_list(), taken)
    gate_id = fingerprint(
        "answers", load.gate_id(delivery), first.verdict.gate_id, repr(known.to_dict(as_series=False))
    )
    if not (path := lake.answers_path(load.home, gate_id)).exists():
        lake.write(known.lazy(), path)
    settings, marked = load.settings.dialect_of(first.delivery.name), bool(one.verdict.answers)
    dialect = dialect_of_answers(settings) if marked else settings
    return gate(load, delivery, wages, Terms(gate_id, first.delivery, dialect, known, exported=marked))


def _needed(pairs: pl.DataFrame, rejected: Iterable[int], taken: set[int]) -> pl.DataFrame:
    """Return the lines that answers answer: negative where the row needs none, null where there is no such row."""
    line = pl.col(OF_LINE)
    is_first = pl.struct(OF_LINE).is_first_distinct()
    needed = line.is_in(list(rejected)) & ~line.is_in(list(taken)) & is_first
    return pairs.sort(LINE_NO).with_columns(pl.when(needed).then(line).otherwise(-line).alias(OF_LINE)).cast(PAIRS)


def _gate_first(load: Load, one: Judged, answered: int, wages: Lazy[MinimumWage]) -> Verdict:
    gate_id = fingerprint("answered", one.verdict.gate_id, str(answered))
    return gate(load, one.delivery, wages, Terms(gate_id, one.delivery, answered=answered))
