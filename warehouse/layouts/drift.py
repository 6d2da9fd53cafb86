"""What changed in the columns of a source since its last accepted delivery, and what to write into the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from warehouse.layouts.forms import BPS, KEMENDAGRI
from warehouse.layouts.headers import plain
from warehouse.layouts.labels import shown
from warehouse.ledger import Drift, SeenColumn

LIKE = 0.5
MARKS = {
    "1.234": 'decimal = ",", thousands = "."',
    "1,234": 'decimal = ".", thousands = ","',
    BPS: 'code_system = "bps"',
    KEMENDAGRI: 'code_system = "kemendagri"',
    "99.99.9999": 'date_formats = ["dd.mm.yyyy"]',
    "9999/99/99": 'date_formats = ["yyyy/mm/dd"]',
}
TEXTS = {
    "CAME": "kolom baru / new column", "WENT": "kolom hilang / column gone", "MOVED": "kolom berpindah / column moved",
    "CHANGED": "cara tulis berubah / written differently",
}  # fmt: skip


def compared(before: Sequence[SeenColumn], now: Sequence[SeenColumn], where: str) -> tuple[Drift, ...]:
    """Return what came, went, moved and is written differently, in that order; nothing when there was no delivery before.

    `where` is the part of the settings that a proposed line belongs to, such as [sources.lumajang]. Headers that share
    nothing with what stood before are not reported: such a file may have no header, and its first row would show.
    """
    old, new = {plain(one.header): one for one in before}, {plain(one.header): one for one in now}
    old.pop("", None)
    new.pop("", None)
    if not old or not old.keys() & new.keys():
        return ()
    came = [one for name, one in new.items() if name not in old]
    went = [one for name, one in old.items() if name not in new]
    proposals = dict(_proposals(went, came, before, now, where))
    found = [_drift("CAME", one, line=_first(one), proposal=proposals.get(one.header, "")) for one in came]
    found += [_drift("WENT", one) for one in went]
    found += _moved([name for name in old if name in new], [name for name in new if name in old], old, new)
    for name, one in new.items():
        if name in old:
            found += _changed(old[name], one, where)
    return tuple(found)


def told(drift: Drift) -> str:
    """Return a drift as a sentence of both languages, with the first row that shows it and the line to add."""
    seen = f" (baris / line {drift.line})" if drift.line else ""
    change = f": {drift.before} -> {drift.now}" if drift.before or drift.now else ""
    proposed = f" — {drift.proposal}" if drift.proposal else ""
    return f"{TEXTS[drift.change]}: {drift.header}{change}{seen}{proposed}"


def _drift(
    change: str, one: SeenColumn, *, before: str = "", now: str = "", line: int = 0, proposal: str = ""
) -> Drift:
    return Drift(change, shown(one.header), one.column, before, now, line, proposal)


def _first(one: SeenColumn) -> int:
    return min(one.forms.values(), default=1)


def _proposals(
    went: Sequence[SeenColumn],
    came: Sequence[SeenColumn],
    before: Sequence[SeenColumn],
    now: Sequence[SeenColumn],
    where: str,
) -> Iterator[tuple[str, str]]:
    """Yield, by new header, the alias line that would let it stand for a column that is gone."""
    have = {one.column for one in now}
    free = [one for one in came if not one.column]
    for lost in (one for one in went if one.column and one.column not in have):
        alike = {
            one.header: max(_likeness(one.header, lost.header), _likeness(one.header, lost.column)) for one in free
        }
        best = max(alike, key=alike.__getitem__, default="")
        here = [one.header for one in free if list(now).index(one) == list(before).index(lost)]
        chosen = best if best and alike[best] >= LIKE else here[0] if here else ""
        if chosen and shown(chosen) == chosen:
            yield chosen, f'{where} aliases = {{ "{_quoted(chosen)}" = "{lost.column}" }}'
            free = [one for one in free if one.header != chosen]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _moved(
    before: Sequence[str], now: Sequence[str], old: dict[str, SeenColumn], new: dict[str, SeenColumn]
) -> list[Drift]:
    """Return the columns that stand elsewhere among those that stayed: the fewest whose move explains the new order."""
    blocks = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
    kept = {before[place] for block in blocks for place in range(block.a, block.a + block.size)}
    places = {name: list(old).index(name) + 1 for name in before}, {name: list(new).index(name) + 1 for name in now}
    return [
        _drift("MOVED", new[name], before=str(places[0][name]), now=str(places[1][name]), line=1)
        for name in now
        if name not in kept
    ]


def _changed(before: SeenColumn, now: SeenColumn, where: str) -> Iterator[Drift]:
    fresh = {form: line for form, line in now.forms.items() if form not in before.forms}
    if before.forms:
        for form, line in fresh.items():
            proposal = f"{where} {MARKS[form]}" if form in MARKS else ""
            yield _drift("CHANGED", now, before=", ".join(before.forms), now=form, line=line, proposal=proposal)
