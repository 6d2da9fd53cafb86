"""The check before a release finds what contradicts itself."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.release import ROOT, bill, pinned, unlicensed, wrong_pins, wrong_versions

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_what_stands_here_agrees() -> None:
    assert list(wrong_versions(PROJECT, CHANGELOG)) == []
    assert list(wrong_pins(PROJECT, LOCK)) == []


def test_what_is_wrong_is_named() -> None:
    later = PROJECT | {"version": "9.9.9"}
    assert [one.split(" ")[0] for one in wrong_versions(later, CHANGELOG)] == ["CHANGELOG.md", "0.1.0"]
    assert "CHANGELOG.md says nothing of 9.9.9" in list(wrong_versions(later, "## [9.9.9] - unreleased\n"))
    asked = PROJECT | {"dependencies": ["nothing-like-it>=1", "polars<1"]}
    first, second, *_ = wrong_pins(asked, LOCK)
    assert first == "nothing-like-it is declared and not locked"
    assert second.startswith("polars<1 is declared, 1.")
    assert "polars is locked without a sum" in list(wrong_pins(PROJECT, LOCK + "\npolars==1.44.2\n"))


def test_the_bill_names_every_locked_package_and_the_licence_of_what_is_installed() -> None:
    lock = pinned(LOCK)
    told = bill(PROJECT, lock)
    assert [one["name"] for one in told["components"]] == sorted(lock)
    assert {"duckdb", "polars", "prefect", "great-expectations"} <= set(lock)
    assert not {"duckdb", "polars", "prefect", "great-expectations"} & set(unlicensed(told))
