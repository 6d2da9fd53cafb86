"""What a crowd of readers saw, added up per DuckDB version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.readers.reader import Seen

HEADINGS = ("readers", "opens", "queries", "long", "outlived", "versions", "behind", "backward", "mixes", "errors")
WRONG = ("behind", "backward", "mixes", "errors")


def counts(seen: Sequence[Seen], newest: int) -> Counter[str]:
    """Return the sums over readers; `versions` is the most that one saw, `behind` those who did not end with the newest."""
    return Counter(
        readers=len(seen),
        opens=sum(one["opens"] for one in seen),
        queries=sum(one["queries"] for one in seen),
        long=sum(one["long_queries"] for one in seen),
        outlived=sum(one["outlived"] for one in seen),
        versions=max(len(one["versions"]) for one in seen),
        behind=sum(one["versions"][-1:] != [newest] for one in seen),
        backward=sum(one["backward"] for one in seen),
        mixes=sum(one["mixes"] for one in seen),
        errors=sum(len(one["errors"]) for one in seen),
    )


def wrong(seen: Sequence[Seen], newest: int) -> dict[str, int]:
    """Return the counts of what must not happen, those above 0."""
    return {name: number for name, number in counts(seen, newest).items() if name in WRONG and number}


def lines(seen: Sequence[Seen], newest: int) -> Iterator[str]:
    """Yield a table with one line per DuckDB version and one for all, then the errors and how often each came."""
    yield "  ".join(f"{heading:>9}" for heading in ("duckdb", *HEADINGS))
    for name in (*sorted({one["duckdb"] for one in seen}), "all"):
        sums = counts([one for one in seen if name in ("all", one["duckdb"])], newest)
        yield "  ".join(f"{cell:>9}" for cell in (name, *(sums[heading] for heading in HEADINGS)))
    for error, times in Counter(error for one in seen for error in one["errors"]).most_common(20):
        yield f"{times} x {error}"
