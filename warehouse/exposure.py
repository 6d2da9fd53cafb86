"""What a column tells of persons, and so when the published copy leaves it out: stated once, with the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Exposure:
    """How a column may give somebody away.

    `counted`: a number of persons, hidden when it is small. `follows`: hidden with any of `leaders`, which are columns of
    the same row, or of a coarser table where written `fact_premium.members`. `where` is the SQL condition of the
    rows in which persons are counted, where others count something else. `within`: the amount that it is a part of,
    so that it tells how many of the first of `leaders` pay it. `employers`: counts of employers and what they owe,
    which are not persons. `public`: known to everybody from elsewhere.
    """

    kind: Literal["public", "counted", "follows", "employers"]
    leaders: tuple[str, ...] = ()
    where: str = ""
    within: str = ""


PUBLIC = Exposure("public")
COUNTED = Exposure("counted")
EMPLOYERS = Exposure("employers")
PAYERS = Exposure("counted", where="funding_source = 'SELF'")
"""Payers: who pays for himself is a person, others are employers, governments and donors."""


def follows(*leaders: str) -> Exposure:
    """Return the exposure of a column that is hidden whenever one of `leaders` is."""
    return Exposure("follows", leaders)


def part_of(amount: str, leader: str) -> Exposure:
    """Return the exposure of a part of `amount`, which `leader` pay: of payers it is hidden where it is what few of them pay.

    So is every other part of such a row, and where few pay the rest of the amount.
    """
    return Exposure("follows", (leader,), PAYERS.where, amount)
