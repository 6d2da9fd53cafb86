"""Every flipped bit is noticed before what it is in is used: `python -m tests.bit_flips --flips 1000`.

A home is loaded once. Then one random bit of one random file is flipped, what a load does before it uses that file is
asked to notice, and the bit is put back.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.extracts import two_months, write
from warehouse import commits, gatings, lake, ledger
from warehouse.home import Home
from warehouse.published import damaged
from warehouse.seals import SEAL, Damaged, get_json, sha256_of

Notices = Callable[[Home, Path], object]


def landed(home: Home, path: Path) -> object:
    """Notice what the gate notices before it reads a content."""
    if sha256_of(path) != path.name:
        raise Damaged(path, "landing_file_damaged", "")
    return home


def version(home: Home, path: Path) -> object:
    """Notice what publishing and rolling back notice before a version stands again."""
    if damaged(home.published / path.relative_to(home.published).parts[0]):
        raise Damaged(path, "version_damaged", "")
    return home


LOOKS: dict[str, Notices] = {
    "landing/??/*": landed,
    "landing/deliveries.jsonl": lambda home, _: ledger.deliveries(home),
    "lake/*/*.parquet": lambda _, path: lake.read(path),
    "lake/rejected/*/*.parquet": lambda _, path: lake.read(path),
    "lake/facts/*/*.parquet": lambda _, path: lake.read(path),
    "lake/*/*.parquet.sha256": lambda _, path: lake.read(path.with_name(path.name.removesuffix(SEAL))),
    "lake/verdicts/*.json": lambda home, path: ledger.find(home, path.stem),
    "lake/facts/*/*.json": lambda _, path: get_json(path),
    "lake/inputs/*.json": lambda _, path: get_json(path),
    "lake/gatings.jsonl": lambda home, _: gatings.gatings(home),
    "ledger.jsonl": lambda home, _: commits.entries(home.ledger),
    "warehouse.duckdb": lambda home, _: commits.reconcile(home.warehouse),
    "published/2*/cakupan.duckdb": version,
    "published/2*/datapackage.json": version,
    "published/2*/parquet/*.parquet": version,
}


def flip_bits(home: Home, flips: int, dice: Random) -> tuple[Counter[str], list[str]]:
    """Return how many flips were noticed by kind of file, and the flips that were not."""
    files = {pattern: sorted(home.root.glob(pattern)) for pattern in LOOKS}
    assert all(files.values()), [pattern for pattern, found in files.items() if not found]
    noticed, missed = Counter[str](), list[str]()
    kinds = list(LOOKS)
    for number in range(flips):
        pattern = kinds[number % len(kinds)]
        path = dice.choice(files[pattern])
        before, mode = path.read_bytes(), path.stat().st_mode
        place = dice.randrange(8 * len(before))
        after = bytearray(before)
        after[place // 8] ^= 1 << place % 8
        path.chmod(0o600)
        path.write_bytes(after)
        try:
            LOOKS[pattern](home, path)
            missed.append(f"{path.relative_to(home.root)} bit {place}")
        except Damaged:
            noticed[pattern] += 1
        finally:
            path.write_bytes(before)
            path.chmod(mode)
    return noticed, missed


def main() -> int:
    """Load a home, flip bits, and print how many were noticed; 1 when one was not."""
    from tests.endtoend import load

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--flips", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="cakupan-flips-") as place:
        home = Home(Path(place) / "home")
        load(write(Path(place) / "source", two_months()), home.root)
        noticed, missed = flip_bits(home, given.flips, Random(given.seed))
    for pattern, count in noticed.items():
        print(f"{count:6} {pattern}")
    print(f"{sum(noticed.values())} of {given.flips} noticed before use", *missed, sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
