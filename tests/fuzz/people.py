"""People that stand in the rows of drawn files, and nowhere else: no message may hold them."""

from __future__ import annotations

from collections.abc import Iterable

NIK, KPJ, NAME = "1503011203850001", "26133099910", "SRI RAHASIA BUDIMAN"
SECRETS = (NIK, KPJ, NAME)


class Leak(AssertionError):
    """A message that holds a personal value; its text says which kind, not where it came from."""


class Lost(AssertionError):
    """Rows or cells that came and are neither there nor refused."""


def require_discreet(told: Iterable[str]) -> None:
    """Raise Leak when one of the texts holds a person."""
    for text in told:
        for secret in SECRETS:
            if secret.casefold() in text.casefold():
                raise Leak(f"{secret[:3]}... in: {text.casefold().replace(secret.casefold(), '<person>')[:300]}")
