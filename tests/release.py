"""`python -m tests.release`: may this be released? Versions, lock, changelog, a bill of materials, known vulnerabilities.

Returns 0 when everything was checked and is well, 1 when something is wrong, 4 when all is well but what pip-audit could
not look up. With `--advisories FOLDER` nothing is looked up elsewhere: the folder says what is known.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.advisories import advisories, flaws, newest

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+?)(?: *;[^\\]*)?(?: \\)?$", re.M)
HASH = re.compile(r"--hash=(sha256):([0-9a-f]{64})")
NOT_ALL_CHECKED = 4
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding="utf-8").read())
sys.exit(str(wrong) if wrong else 0)
"""


def pinned(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return version and SHA-256 sums of every locked package by its name."""
    marks = list(PIN.finditer(lock))
    ends = [*(mark.start() for mark in marks[1:]), len(lock)]
    return {
        canonicalize_name(mark[1]): (mark[2], [found[1] for found in HASH.findall(lock[mark.end() : end])])
        for mark, end in zip(marks, ends, strict=True)
    }


def wrong_versions(project: Mapping[str, Any], changelog: str) -> Iterator[str]:
    """Yield what contradicts the version that the project states."""
    version = project["version"]
    if f"## [{version}]" not in changelog:
        yield f"CHANGELOG.md has no entry for {version}"
    elif not re.search(rf"^## \[{re.escape(version)}\].*?^- ", changelog, re.M | re.S):
        yield f"CHANGELOG.md says nothing of {version}"
    if metadata.version(project["name"]) != version:
        yield f"{metadata.version(project['name'])} is installed, {version} is declared"


def wrong_pins(project: Mapping[str, Any], text: str) -> Iterator[str]:
    """Yield what the lock lacks, what it pins against the declaration, and what is installed otherwise."""
    lock, pins = pinned(text), {(canonicalize_name(mark[1]), mark[2]) for mark in PIN.finditer(text)}
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, asked):
        version = lock.get(canonicalize_name(requirement.name), ("",))[0]
        if not version:
            yield f"{requirement.name} is declared and not locked"
        elif version not in requirement.specifier:
            yield f"{requirement} is declared, {version} is locked"
    for name, (version, sums) in lock.items():
        if not sums:
            yield f"{name} is locked without a sum"
        if (found := _installed(name)) and (name, found) not in pins:
            yield f"{name}: {version} is locked, {found} is installed"


def bill(project: Mapping[str, Any], lock: Mapping[str, tuple[str, list[str]]]) -> dict[str, Any]:
    """Return the bill of materials in CycloneDX 1.6: every locked package with its version and its licence."""
    return {
        "$schema": SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"],
            "licenses": [{"license": {"id": project["license"]}}],
        }},
        "components": [_component(name, version) for name, (version, _) in sorted(lock.items())],
        "dependencies": [{"ref": project["name"], "dependsOn": sorted(_ref(name, lock[name][0]) for name in lock)}],
    }  # fmt: skip


def unlicensed(told: Mapping[str, Any]) -> list[str]:
    """Return the packages of a bill whose licence nobody states here, such as those of other platforms."""
    return [one["name"] for one in told["components"] if "licenses" not in one]


def _component(name: str, version: str) -> dict[str, Any]:
    reference = _ref(name, version)
    told = {"type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference}
    licence = _licence(name)
    return told | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _ref(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _licence(name: str) -> str:
    """Return the licence that an installed package states: its expression, else its classifier, else its first line."""
    if not _installed(name):
        return ""
    about = metadata.metadata(name)
    classified = [one.rsplit(" :: ", 1)[1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    stated = [*(about.get_all("License-Expression") or []), ", ".join(classified), *(about.get_all("License") or [])]
    return next((one.strip().splitlines()[0] for one in stated if one.strip()), "")


def audited(tools: Path, lock: Path) -> tuple[list[str], int, int]:
    """Return the known vulnerabilities, how many packages were looked up, and how many could not be."""
    words = [
        str(tools / "bin" / "pip-audit"),
        "--disable-pip",
        "--no-deps",
        "--require-hashes",
        "-f",
        "json",
        "-r",
        str(lock),
    ]
    done = subprocess.run(words, capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return [], 0, len(pinned(lock.read_text(encoding="utf-8")))
    known = [
        f"{one['name']} {one['version']}: {', '.join(flaw['id'] for flaw in one['vulns'])}"
        for one in found
        if one.get("vulns")
    ]
    skipped = sum(1 for one in found if "skip_reason" in one)
    return known, len(found) - skipped, skipped


def main() -> int:
    """Print what was checked and what is wrong."""
    arguments = ArgumentParser(prog="python -m tests.release", description=__doc__)
    arguments.add_argument("--tools", type=Path, required=True, help="environment with pip-audit")
    arguments.add_argument(
        "--advisories", type=Path, help="a copy of an advisory database, asked in place of pip-audit"
    )
    arguments.add_argument("--bill", type=Path, default=ROOT / "build" / "sbom.cdx.json")
    given = arguments.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lock = pinned(text)
    wrong = [*wrong_versions(project, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")), *wrong_pins(project, text)]
    told = bill(project, lock)
    given.bill.parent.mkdir(parents=True, exist_ok=True)
    given.bill.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    valid = subprocess.run(
        [str(given.tools / "bin" / "python"), "-c", VALIDATE, str(given.bill)], capture_output=True, text=True
    )
    wrong += [f"the bill of materials is not valid: {valid.stderr.strip()[-300:]}"] if valid.returncode else []
    if given.advisories:
        listed = advisories(given.advisories)
        known, looked_up, skipped = list(flaws(listed, lock)), len(lock), 0
        print(f"advisories: {len(listed)}, the newest of {newest(listed)}; what became known later is not among them")
    else:
        known, looked_up, skipped = audited(given.tools, ROOT / "requirements.lock")
    silent = unlicensed(told)
    print(f"{project['name']} {project['version']}: {len(lock)} packages locked")
    print(f"bill of materials: {given.bill}, CycloneDX 1.6, {'not valid' if valid.returncode else 'valid'}")
    print(f"licences not stated: {len(silent)}{': ' + ', '.join(silent) if silent else ''}")
    print(f"known vulnerabilities: {len(known)} of {looked_up} packages looked up; {skipped} could NOT be looked up")
    print("\n".join(f"! {one}" for one in [*wrong, *known]))
    return 1 if wrong or known else NOT_ALL_CHECKED if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
