"""Known vulnerabilities of locked packages, from a folder of advisories in the OSV schema: for a machine without a way out.

Such a folder is a copy of the Python Packaging Advisory Database (`vulns/NAME/PYSEC-….yaml`), or of OSV's export for PyPI (JSON).
Source: https://ossf.github.io/osv-schema/, "evaluation algorithm".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Advisory = dict[str, Any]
ENDS = {"introduced": 0, "last_affected": 1, "fixed": 2}


def advisories(folder: Path) -> list[Advisory]:
    """Return every advisory below a folder that was not withdrawn. Raises ValueError where there is none."""
    found = [_read(path) for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".json")]
    if not found:
        raise ValueError(f"{folder}: no advisory in it, neither .yaml nor .json")
    return [one for one in found if one.get("affected") and not one.get("withdrawn")]


def newest(known: list[Advisory]) -> str:
    """Return the day on which the newest of the advisories was changed: what became known later is not in them."""
    return max(str(one.get("modified", one.get("published", "")))[:10] for one in known)


def flaws(known: list[Advisory], lock: Mapping[str, tuple[str, list[str]]]) -> Iterator[str]:
    """Yield each locked package that an advisory is about, with the version and the names of the advisories."""
    told: dict[str, list[str]] = {}
    for one in known:
        for affected in one["affected"]:
            name: str = canonicalize_name(affected.get("package", {}).get("name", ""))
            of_python = affected.get("package", {}).get("ecosystem") == "PyPI"
            if of_python and name in lock and is_affected(lock[name][0], affected):
                told.setdefault(name, []).append(one["id"])
    for name, several in sorted(told.items()):
        yield f"{name} {lock[name][0]}: {', '.join(sorted(set(several)))}"


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Return whether an advisory is about a version: it is listed, or lies between where the flaw came in and where it went."""
    if version in affected.get("versions", ()):
        return True
    ranges = [one["events"] for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM"]
    return any(_within(Version(version), events) for events in ranges)


def _within(version: Version, events: list[dict[str, str]]) -> bool:
    inside = False
    for kind, at in sorted((_event(one) for one in events), key=lambda event: (event[1], ENDS[event[0]])):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _event(told: Mapping[str, str]) -> tuple[str, Version]:
    kind, at = next((kind, told[kind]) for kind in ENDS if kind in told)
    try:
        return kind, Version(at)
    except InvalidVersion:
        return kind, Version("0") if kind == "introduced" else Version("999999")  # unknown ends take more versions in


def _read(path: Path) -> Advisory:
    text = path.read_text(encoding="utf-8")
    found = yaml.load(text, yaml.CSafeLoader) if path.suffix == ".yaml" else json.loads(text)
    return found if isinstance(found, dict) else {}
