"""Texts of the settings that must have a form: patterns of file names, encodings, and how days are written."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

import polars as pl
from pydantic import AfterValidator

A_DAY = date(2025, 3, 16)


def _pattern(text: str) -> str:
    try:
        PurePosixPath("x").match(text)
    except ValueError:
        raise ValueError('no pattern of file names: write one such as "kepesertaan_*.csv"') from None
    return text


def _encoding(text: str) -> str:
    try:
        "".encode(text or "utf-8")
    except (LookupError, UnicodeError):
        raise ValueError(f"no encoding of texts is called {text}") from None
    return text


def _form_of_a_day(text: str) -> str:
    """Return the form when a day written in it is read back as that day."""
    try:
        found = pl.Series([A_DAY.strftime(text)]).str.to_date(text, strict=False).item()
    except (pl.exceptions.PolarsError, ValueError):
        found = None
    if found != A_DAY:
        raise ValueError("no form of a day: write it as dd-mm-yyyy or %d-%m-%Y")
    return text


FilePattern = Annotated[str, AfterValidator(_pattern)]
AnyFile = Annotated[str, AfterValidator(lambda text: text and _pattern(text))]
"""A pattern, or an empty text for every file."""
Encoding = Annotated[str, AfterValidator(_encoding)]
DayForm = Annotated[str, AfterValidator(_form_of_a_day)]
