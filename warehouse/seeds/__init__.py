"""Reference data of the warehouse as plain CSV; README.md says what each file is and where it comes from."""

import csv
from functools import cache
from importlib import resources


@cache
def seed_rows(file: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a seed file by column name; empty text where nothing is known or applies."""
    text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
