"""Readers during publishes: they see one whole version, and the newest when they open again. The crowd is `make verify-readers`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.readers.crowd import Publisher, watched
from tests.readers.reader import attempt, nothing
from tests.readers.report import counts, lines, wrong

FEW = ("11.01", "11.02", "11.03")


def test_four_readers_see_five_publishes_whole_and_in_order_while_old_versions_go(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path, keep=3, regions=FEW)
    publisher.publish()

    def publishes() -> None:
        for _ in range(5):
            publisher.publish()

    seen = watched(publisher.published, [sys.executable] * 4, publishes, long=1, numbers=300_000)
    assert wrong(seen, 6) == {}, "\n".join(lines(seen, 6))
    sums = counts(seen, 6)
    assert sums["readers"] == 4
    assert sums["versions"] > 1
    assert sums["long"] > 0
    assert sorted(path.name for path in publisher.published.glob("v*")) == ["v0004", "v0005", "v0006"]


def test_the_check_notices_a_mixed_version_one_that_comes_back_and_one_that_is_gone(tmp_path: Path) -> None:
    publisher, seen = Publisher(tmp_path, keep=3, regions=FEW), nothing()
    publisher.publish()
    attempt(str(publisher.published), 0, seen)
    assert wrong([seen], newest=1) == {}
    publisher.publish(mixed_with=1)
    for target in ("v0002", "v0001", "v0000"):
        link = publisher.published / "link"
        link.symlink_to(target)
        link.replace(publisher.published / "current")
        attempt(str(publisher.published), 0, seen)
    assert wrong([seen], newest=2) == {"mixes": 1, "backward": 1, "behind": 1, "errors": 1}
    assert any(line.startswith("1 x IOException") for line in lines([seen], newest=2))
