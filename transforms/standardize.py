"""From the text that arrived to typed values: one parser per way of writing, chosen by the declaration.

A text that cannot be read gives null, and the rule `<column>_unreadable` names it; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from transforms.geography import Gazetteer
from warehouse.dialect import Dialect
from warehouse.rules import AMBIGUOUS, FOREIGN, raw
from warehouse.schema import Column, Extract, Lazy, Parse
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.texts import by_distinct, by_exception
from warehouse.vocabulary import PROGRAMMES

DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S")
YEARS = (1900, 2100)
INDONESIAN = r"^-?([0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}|[0-9]{1,3}(\.[0-9]{3}){2,}|[0-9]+,[0-9]{1,2})$"
ENGLISH = r"^-?([0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}|[0-9]{1,3}(,[0-9]{3}){2,})$"
PLAIN = r"^-?[0-9]+(\.[0-9]{1,2})?$"
WITH_POINT = (
    r"^-?([0-9]{1,15}|[0-9]{1,15}\.([0-9]{1,2}|[0-9]{4,})|(0|[0-9]{4,15})\.[0-9]{3}"
    r"|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(,[0-9]{3}){2,4})$"
)
WITH_COMMA = (
    r"^-?([0-9]{1,15},([0-9]{1,2}|[0-9]{4,})|(0|[0-9]{4,15}),[0-9]{3}"
    r"|[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(\.[0-9]{3}){2,4})$"
)
PLAIN_ID = r"^[0-9A-Z]+$"
NOT_AN_ID = r"^#|^[0-9][0-9.]*E\+|00:00:00$"
AS_LONG_AS_A_NIK = r"\p{N}(?:[ .\-/]?\p{N}){15,}"
SET_OF_PROGRAMMES = rf"^({'|'.join(PROGRAMMES)})([,+/; |]+({'|'.join(PROGRAMMES)}))*$"

Parser = Callable[[pl.Expr, Dialect], pl.Expr]


def standardize(
    frame: pl.LazyFrame, table: type[Extract], dialect: Dialect, gazetteers: dict[Parse, Gazetteer]
) -> pl.LazyFrame:
    """Return `frame` with the parsed columns of `table` beside the raw texts they came from.

    Ids stay texts here; `identity.pseudonymise` replaces them once they have been judged. Region columns
    bring two flags along: the text names several regions, or is a code of the other system only. A month that
    does not arrive is the month of the date that the declaration names.
    """
    columns = table.arriving().values()
    regions = {column.name: gazetteers[column.parse] for column in columns if column.parse in gazetteers}
    parsed = [
        by_distinct(pl.col(raw(column)), partial(_region, regions[column.name])).alias(column.name)
        if column.name in regions
        else _parsed(column, dialect).alias(column.name)
        for column in columns
    ]
    found = [field for name in regions for field in _found(name)]
    return month_of_date(frame.with_columns(parsed).with_columns(found), table)


def month_of_date(frame: pl.LazyFrame, table: type[Extract]) -> pl.LazyFrame:
    """Return `frame` with the month of the date that the declaration names, where no month arrives."""
    return frame.with_columns(month=pl.col(table.month_from).dt.truncate("1mo")) if table.month_from else frame


def with_minimum_wage(frame: pl.LazyFrame, wages: Lazy[MinimumWage]) -> pl.LazyFrame:
    """Return `frame` with `minimum_wage_idr`, that of the workplace and the year of the month; null where unknown."""
    known = wages.select("region_code", "year", "minimum_wage_idr").unique(
        ["region_code", "year"], keep="last", maintain_order=True
    )
    keyed = frame.with_columns(wage_year=pl.col("month").dt.year())
    joined = keyed.join(
        known,
        left_on=["workplace_code", "wage_year"],
        right_on=["region_code", "year"],
        how="left",
        maintain_order="left",
    )
    return joined.drop("wage_year")


def _parsed(column: Column, dialect: Dialect) -> pl.Expr:
    """Return the parsed column; ids stay texts, and hardly two of them are alike."""
    texts, parser = pl.col(raw(column)), PARSERS[column.parse]
    if column.pseudonym:
        return by_exception(texts, PLAIN_ID, lambda value: parser(value, dialect))
    return by_distinct(texts, lambda value: parser(value, dialect).cast(column.dtype, strict=False))


def _region(gazetteer: Gazetteer, written: pl.Expr) -> pl.Expr:
    key = gazetteer.key(written)
    known = pl.Series(list(gazetteer.known)), pl.Series(list(gazetteer.known.values()))
    return pl.struct(
        code=key.replace_strict(*known, default=None, return_dtype=pl.String),
        ambiguous=key.is_in(sorted(gazetteer.ambiguous)).fill_null(False),
        foreign=key.is_in(sorted(gazetteer.foreign)).fill_null(False),
    )


def _found(name: str) -> list[pl.Expr]:
    """Return the code of a region and its two flags, from the struct in column `name`."""
    region = pl.col(name).struct
    return [
        region.field("code").alias(name),
        region.field("ambiguous").fill_null(False).alias(name + AMBIGUOUS),
        region.field("foreign").fill_null(False).alias(name + FOREIGN),
    ]


def text(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return the text with its inner white space collapsed; a number as long as a NIK shows as #."""
    return value.str.replace_all(r"\s+", " ").str.replace_all(AS_LONG_AS_A_NIK, "#")


def url(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return the address without white space; digits as many as a NIK has, in one run, show as #: a date and an id stay."""
    return value.str.replace_all(r"\s+", "").str.replace_all(r"\p{N}{16,}", "#")


def code(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return the code in capitals; a number as long as a NIK shows as #."""
    return text(value, _).str.to_uppercase()


def national_id(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return the id without spaces and without a spreadsheet's apostrophe; other damage is left to be seen."""
    return _or_null(value.str.replace_all(r"^'|\s", ""))


def identifier(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the id in capitals, also without the `.0` that a spreadsheet adds to a number; its other traces are null."""
    plain = national_id(value, dialect).str.replace(r"^([0-9]+)\.0$", "$1").str.to_uppercase()
    return pl.when(~plain.str.contains(NOT_AN_ID)).then(plain)


def date(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the date under the first declared format that fits; years outside 1900 to 2100 are unreadable."""
    formats = dialect.date_formats or DATE_FORMATS
    day = pl.coalesce([value.str.to_date(form, strict=False) for form in formats])
    return pl.when(day.dt.year().is_between(*YEARS)).then(day)


def month(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return the first day of a month written YYYY-MM, YYYYMM, MM/YYYY or as one of its days."""
    written = (
        value.str.replace(r"^([0-9]{4})[-/]([0-9]{1,2})([-/][0-9]{1,2}( .*)?)?$", "$1-$2-01")
        .str.replace(r"^([0-9]{4})([0-9]{2})$", "$1-$2-01")
        .str.replace(r"^([0-9]{1,2}[-/])?([0-9]{1,2})[-/]([0-9]{4})$", "$3-$2-01")
    )
    first = written.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(first.dt.year().is_between(*YEARS)).then(first)


def whole(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the whole number; a fraction other than zero is unreadable, and so is a text with two readings."""
    digits = _decimal(value, dialect).str.replace(r"\.0*$", "")
    return pl.when(digits.str.contains(r"^-?[0-9]{1,18}$")).then(digits).cast(pl.Int64)


def decimal(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the number; a text with two readings, such as 16.800, is unreadable unless the mark is declared."""
    number = value.str.replace_all(r"^Rp\.?\s*|[\s\u{a0}%]", "")
    if dialect.decimal:
        return _declared_decimal(number, dialect).cast(pl.Float64, strict=False)
    plain = (
        pl.when(number.str.contains(WITH_POINT))
        .then(number.str.replace_all(",", "", literal=True))
        .when(number.str.contains(WITH_COMMA))
        .then(number.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
    )
    return plain.cast(pl.Float64, strict=False)


def slug(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the text in small letters, digits and underscores; a number as long as a NIK is no part of it."""
    return _or_null(text(value, dialect).str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "_").str.strip_chars("_"))


def percent(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return the percentage as a fraction: 96,20 gives 0.962."""
    number = value.str.strip_chars_end("% ")
    number = _decimal(number, dialect) if dialect.decimal else number.str.replace(",", ".", literal=True)
    return (pl.when(number.str.contains(r"^-?[0-9]+(\.[0-9]+)?$")).then(number).cast(pl.Float64) / 100).round(12)


def flag(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return true for Y (ya), false for T (tidak)."""
    return value.str.to_uppercase().replace_strict(["Y", "T"], [True, False], default=None, return_dtype=pl.Boolean)


def programmes(value: pl.Expr, _: Dialect) -> pl.Expr:
    """Return a set of programmes as bits in the order of the vocabulary."""
    names = value.str.to_uppercase()
    bits = [names.str.contains(rf"\b{name}\b").cast(pl.UInt8) * (1 << place) for place, name in enumerate(PROGRAMMES)]
    return pl.when(names.str.contains(SET_OF_PROGRAMMES)).then(pl.sum_horizontal(bits))


def _or_null(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)


def _decimal(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    number = value.str.replace_all(r"^Rp\.?\s*|[\s\u{a0}]", "")
    if dialect.decimal:
        return _declared_decimal(number, dialect)
    return (
        pl.when(number.str.contains(INDONESIAN))
        .then(number.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(number.str.contains(ENGLISH))
        .then(number.str.replace_all(",", "", literal=True))
        .when(number.str.contains(PLAIN))
        .then(number)
    )


def _declared_decimal(number: pl.Expr, dialect: Dialect) -> pl.Expr:
    mark, group = (f"[{sign}]" if sign else "(?:)" for sign in (dialect.decimal, dialect.thousands))
    shape = rf"^-?([0-9]+|[0-9]{{1,3}}({group}[0-9]{{3}})+)({mark}[0-9]+)?$"
    plain = number.str.replace_all(dialect.thousands, "", literal=True) if dialect.thousands else number
    return pl.when(number.str.contains(shape)).then(plain.str.replace(dialect.decimal, ".", literal=True))


PARSERS: dict[Parse, Parser] = {
    Parse.TEXT: text,
    Parse.CODE: code,
    Parse.MONTH: month,
    Parse.DATE: date,
    Parse.WHOLE: whole,
    Parse.PERCENT: percent,
    Parse.FLAG: flag,
    Parse.IDENTIFIER: identifier,
    Parse.NATIONAL_ID: national_id,
    Parse.PROGRAMMES: programmes,
    Parse.URL: url,
    Parse.SLUG: slug,
    Parse.DECIMAL: decimal,
}
