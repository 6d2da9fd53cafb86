"""Texts parsed once each, not once a row: in a month of rows most columns hold few distinct texts."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

TEXT = "text"
Parse = Callable[[pl.Expr], pl.Expr]


def by_distinct(texts: pl.Expr, parse: Parse) -> pl.Expr:
    """Return `parse(texts)`, worked out once for each distinct text of a batch; null where the text is null."""

    def parsed(batch: pl.Series) -> pl.Series:
        coded = batch.cast(pl.Categorical(pl.Categories.random()))
        values = _parsed(coded.cat.get_categories(), parse)
        return values.gather(coded.to_physical()).alias(batch.name)

    return texts.map_batches(parsed, return_dtype=_dtype(parse), is_elementwise=True)


def by_exception(texts: pl.Expr, plain: str, parse: Parse) -> pl.Expr:
    """Return `parse(texts)`, worked out only for the texts that `plain` does not match: it must leave the others as they are.

    For columns where hardly two texts are alike, such as ids.
    """

    def parsed(batch: pl.Series) -> pl.Series:
        odd = (~batch.str.contains(plain)).fill_null(False)
        if not odd.any():
            return batch
        return batch.scatter(odd.arg_true(), _parsed(batch.filter(odd), parse))

    return texts.map_batches(parsed, return_dtype=pl.String, is_elementwise=True)


def tidied(text: pl.Expr) -> pl.Expr:
    """Return texts without blanks around them, null where nothing is left."""

    def tidy(batch: pl.Series) -> pl.Series:
        stripped = batch.str.strip_chars()
        empty = stripped == ""
        return stripped.set(empty, None) if empty.any() else stripped

    return text.map_batches(tidy, return_dtype=pl.String, is_elementwise=True)


def _parsed(texts: pl.Series, parse: Parse) -> pl.Series:
    return texts.alias(TEXT).to_frame().select(parse(pl.col(TEXT))).to_series()


def _dtype(parse: Parse) -> pl.DataType:
    return pl.DataFrame(schema={TEXT: pl.String}).select(parse(pl.col(TEXT))).dtypes[0]
