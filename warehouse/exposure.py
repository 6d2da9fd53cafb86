"""What a column tells of persons, and so when the published copy leaves it out: stated once, with the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Exposure:
    """How a column may give somebody away.

    `counted`: a number of persons, hidden when it is small. `follows`: hidden with any of `leaders`, which are columns of
    the same row, or of a coarser table where written `fact_premium.members`. `where` is the SQL condition of the
    rows in which persons are counted, where others count something else. `employers`: counts of employers and
    what they owe, which are not persons. `public`: known to everybody from elsewhere.
    """

    kind: Literal["public", "counted", "follows", "employers"]
    leaders: tuple[str, ...] = ()
    where: str = ""


PUBLIC = Exposure("public")
COUNTED = Exposure("counted")
EMPLOYERS = Exposure("employers")
PAYERS = Exposure("counted", where="funding_source = 'SELF'")
"""Payers: who pays for himself is a person, others are employers, governments and donors."""


def follows(*leaders: str) -> Exposure:
    """Return the exposure of a column that is hidden whenever one of `leaders` is."""
    return Exposure("follows", leaders)
