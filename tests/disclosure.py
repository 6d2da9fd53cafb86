"""A long check: random families and revisions of a month against the attacker (`python -m tests.disclosure FAMILIES`)."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tests.disclosed import World
from transforms.disclosure import Protection, pattern, primary
from transforms.disclosure_attack import attack, narrow

PROTECTION = Protection(threshold=10, width=10)
REVISIONS = 12


@dataclass
class Tally:
    """What came of attacks on the first version without complementary cells, and on every version with them."""

    small: int = 0
    recovered_without: int = 0
    hidden: int = 0
    exact: int = 0
    narrow: int = 0
    value: int = 0
    value_published: int = 0

    def add(self, seed: int, revisions: int) -> None:
        """Attack a world: its first version with small cells alone hidden, then each revision under its sticky pattern."""
        world, standing = World(seed), None
        for number in range(revisions):
            family = world.revision()
            if number == 0:
                small = attack(family, primary(family, PROTECTION))
                self.small += len(small)
                self.recovered_without += sum(one.is_exact for one in small)
            standing = pattern(family, PROTECTION, standing)
            found = narrow(family, standing, PROTECTION.width, whole=True)
            self.hidden += int(standing.sum())
            self.exact += sum(one.is_exact for one in found)
            self.narrow += len(found)
            self.value += int(family.values.sum())
            self.value_published += int(family.values[~standing].sum())


def main(families: int) -> int:
    """Print the tally of so many families; return 1 when a hidden cell is known or too narrow, or too little is published."""
    tally = Tally()
    for seed in range(families):
        tally.add(seed, REVISIONS)
    share = tally.value_published / tally.value
    print(f"{families} families, {REVISIONS} revisions: {tally}, share of value published {share:.4f}")
    return int(tally.exact > 0 or tally.narrow > 0 or share < 0.98)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
