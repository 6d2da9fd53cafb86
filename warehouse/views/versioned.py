"""The three views of every fact that is shown: what stands, what stood, and what was known on a day."""

from __future__ import annotations

import types

from warehouse.schema import Fact, tables_of
from warehouse.tables.place import Place
from warehouse.view import View, columns_of

PLACE = ("region_code", "region_name", "level", "province_code", "province_name")


def _declare(fact: type[Fact], end: str, text: str, shows: list[str], *parameters: str) -> None:
    declared = {
        "name": fact.shown_as + end,
        "shows": " ".join(shows),
        "of": (fact, Place),
        "parameters": parameters,
        "grain": fact.grain,
    }
    types.new_class(
        f"{fact.__name__}{end}", (View,), declared, lambda body: body.update(__doc__=f"{text} {fact.caution}")
    )


for _fact in tables_of("mart"):
    if issubclass(_fact, Fact) and _fact.shown_as:
        _history = [*PLACE, *(name for name in columns_of(_fact) if name != "region_code")]
        _current = [name for name in _history if name != "superseded_at"]
        _declare(
            _fact,
            "_history",
            f"{_fact.title}: every version ever loaded, with the name of the region. superseded_at is empty on the rows that"
            " stand.",
            _history,
        )
        _declare(
            _fact,
            "",
            f"{_fact.title}, as the figures stand: of every month the newest as_of_date, not superseded.",
            _current,
        )
        _declare(
            _fact,
            "_as_of",
            f"{_fact.title}, as known on day d: of every month the newest as_of_date not after d that was loaded by the end of d"
            " (UTC), in the restatement that stood then; where none of a month was loaded by then, the newest as it was first"
            " loaded. What is loaded later never changes an answer that was given. Usage: FROM"
            f" mart.{_fact.shown_as}_as_of(DATE '2025-03-16').",
            _current,
            "d",
        )
