"""A long check: random families and revisions of a month against the attacker (`python -m tests.disclosure FAMILIES`)."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tests.disclosed import World
from transforms.disclosure import Protection
from transforms.disclosure_attack import attack, narrow
from transforms.disclosure_month import hidden_of

PROTECTION = Protection(threshold=10, width=10)
REVISIONS = 12
TOLD_EVERY = 5
WITHOUT = 5
"""Of how many families the attacker is shown, first, what small cells hidden alone are worth."""


@dataclass
class Tally:
    """What came of attacks on the first version without complementary cells, and on every version with them."""

    families: int = 0
    small: int = 0
    recovered_without: int = 0
    hidden: int = 0
    exact: int = 0
    narrow: int = 0
    value: int = 0
    value_published: int = 0

    @property
    def share(self) -> float:
        """Return the part of the value of all counts that is published."""
        return self.value_published / self.value

    def add(self, seed: int, revisions: int) -> None:
        """Let the product decide on each revision of a world as it comes, and attack it with all that was published before.

        The attacker knows that counts are whole numbers at the last revision; before, to save time, he has linear programs, whose
        intervals are a little wider.
        """
        world = World(seed)
        for number in range(revisions):
            world.revision()
            world.decide(hidden_of(world.cells, world.parents, PROTECTION))
            found = narrow(*world.outside(), PROTECTION.width, whole=number == revisions - 1)
            self.exact += sum(one.is_exact for one in found)
            self.narrow += len(found)
        self.families += 1
        self.hidden += int(world.cells["hidden"].sum())
        self.value += int(world.cells["value"].sum())
        self.value_published += int(world.cells.filter(~world.cells["hidden"])["value"].sum())

    def add_small(self, seed: int) -> None:
        """Attack the first version of a world in which small cells alone are hidden."""
        world = World(seed)
        world.revision()
        small = world.cells["value"].is_between(1, PROTECTION.threshold - 1)
        world.decide(world.cells.with_columns(hidden=small))
        found = attack(*world.outside())
        self.small += len(found)
        self.recovered_without += sum(one.is_exact for one in found)

    def __str__(self) -> str:
        """Return the tally in one line."""
        return (
            f"{self.families} families of {REVISIONS} revisions: {self.hidden} cells hidden, {self.exact} found exactly, "
            f"{self.narrow} within less than {PROTECTION.width}; {self.share:.4f} of the value published; with small cells "
            f"alone hidden {self.recovered_without} of {self.small} found exactly"
        )


def main(families: int) -> int:
    """Print the tally of so many families; return 1 when a hidden cell is known or too narrow, or too little is published."""
    tally = Tally()
    for seed in range(families):
        tally.add(seed, REVISIONS)
        if seed < WITHOUT:
            tally.add_small(seed)
        if (seed + 1) % TOLD_EVERY == 0:
            print(tally, flush=True)
    print(tally)
    return int(tally.exact > 0 or tally.narrow > 0 or tally.recovered_without == 0 or tally.share < 0.98)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
