"""Patterns of file names in the settings."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator


def _meant(pattern: str) -> str:
    try:
        PurePosixPath("x").match(pattern)
    except ValueError:
        raise ValueError('no pattern of file names: write one such as "kepesertaan_*.csv"') from None
    return pattern


FilePattern = Annotated[str, AfterValidator(_meant)]
AnyFile = Annotated[str, AfterValidator(lambda pattern: pattern and _meant(pattern))]
"""A pattern, or an empty text for every file."""
