"""What the texts of an extract say about how it is written: counts of shapes, from which nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from transforms.geography import DOTTED, Gazetteer
from transforms.standardize import ENGLISH, INDONESIAN, YEARS
from warehouse.dialect import CodeSystem
from warehouse.rules import raw
from warehouse.schema import Extract, Parse

NUMERIC = (Parse.WHOLE, Parse.DECIMAL)
NUMBERS = {
    "indonesian": INDONESIAN,
    "english": ENGLISH,
    "dot_or_thousands": r"^-?[0-9]{1,3}\.[0-9]{3}$",
    "comma_or_thousands": r"^-?[0-9]{1,3},[0-9]{3}$",
}
DATES = (
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%m-%y",
    "%d/%m/%y",
)
FILLED, DOTTED_CODES, NAMES = "filled", "dotted", "names"
IN = "/"


def evidence(
    texts: pl.LazyFrame, table: type[Extract], gazetteers: Mapping[CodeSystem, Mapping[Parse, Gazetteer]]
) -> pl.LazyFrame:
    """Return one row: per arriving column and shape, `column/shape`, how many of its texts have the shape.

    Numbers are counted by the marks they hold, dates by the formats under which they are days from 1900 to 2100,
    regions by the code system that knows them (`kemendagri`, `bps`), with a dot (`dotted`), or as a name (`names`).
    A text may have several shapes, and none. `filled` counts the texts.
    """
    return texts.select(
        counted.alias(f"{column.arrives_as}{IN}{shape}")
        for column in table.arriving().values()
        for shape, counted in _shapes(pl.col(raw(column)), column.parse, gazetteers)
    )


def _shapes(
    text: pl.Expr, parse: Parse, gazetteers: Mapping[CodeSystem, Mapping[Parse, Gazetteer]]
) -> Iterator[tuple[str, pl.Expr]]:
    yield FILLED, text.count()
    if parse in NUMERIC:
        number = text.str.replace_all(r"^Rp\.?\s*|[\s\u{a0}%]", "")
        yield from ((name, number.str.contains(pattern).sum()) for name, pattern in NUMBERS.items())
    if parse is Parse.DATE:
        yield from ((form, _is_day(text, form).sum()) for form in DATES)
    if parse in (Parse.REGENCY, Parse.REGION):
        yield DOTTED_CODES, text.str.contains(DOTTED).sum()
        yield NAMES, text.str.contains(r"\p{L}").sum()
        for system, by_parse in gazetteers.items():
            yield system, by_parse[parse].key(text).is_in(list(by_parse[parse].known)).sum()


def _is_day(text: pl.Expr, form: str) -> pl.Expr:
    return text.str.to_date(form, strict=False).dt.year().is_between(*YEARS)
