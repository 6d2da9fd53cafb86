"""Where it lies what a load makes of accepted rows and keeps: each by what it was made of, so that other rows make another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.context import Load, code_version, fingerprint
from flows.planning import Standing
from warehouse import lake
from warehouse.calendar import Version


def presence_path(load: Load, now: Standing, version: Version) -> Path:
    """Return where the presence words of a version lie."""
    return lake.presence_path(load.home, version, _made_of(now, "kepesertaan", version))


def earlier_path(load: Load, now: Standing, versions: Sequence[Version]) -> Path:
    """Return where the presence words of several versions lie as one; those of one alone are its own."""
    if len(versions) == 1:
        return presence_path(load, now, versions[0])
    return lake.earlier_path(load.home, fingerprint(*(presence_path(load, now, one).name for one in versions)))


def settled_path(load: Load, now: Standing, versions: Sequence[Version]) -> Path:
    """Return where the contributions of several months lie without what is settled."""
    return lake.settled_path(load.home, fingerprint(code_version(), *now.made_of("iuran", versions)))


def spending_path(load: Load, now: Standing, version: Version) -> Path:
    """Return where it lies what was spent in a version."""
    return lake.spending_path(load.home, version, _made_of(now, "iuran", version))


def _made_of(now: Standing, kind: str, version: Version) -> str:
    return fingerprint(code_version(), *(one.verdict.gate_id for one in now.of(kind, version)))
