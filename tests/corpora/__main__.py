"""Read every file of collections of broken files: `python -m tests.corpora DIR` (a folder of folders or of zip files).

Pollock's benchmark keeps polluted files in `csv` and their clean twins in `clean`; other files are held to a reader of the tests.
Pollutions of a clean extract that the tests make themselves are read first.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.corpora import folder
from tests.corpora.cases import cases
from tests.corpora.pollution import pollutions
from tests.corpora.reading import RAISED, WRONG, outcome
from warehouse.sandbox import SANDBOX


def main(place: Path) -> int:
    """Print how many files of each collection came to which end, and each that came to a bad one; return 1 if any did."""
    counts, bad = Counter[tuple[str, str]](), 0
    for case in (*pollutions(), *cases(place)):
        end = outcome(case)
        counts[case.name.partition("/")[0], end] += 1
        if end.startswith((WRONG, RAISED)):
            bad += 1
            print(f"{case.name}: {end}")
    SANDBOX.close()
    for (collection, end), files in sorted(counts.items()):
        print(f"{files:6} {collection}: {end}")
    print(f"{counts.total()} files, {bad} bad")
    return 1 if bad or not counts else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else folder()))
