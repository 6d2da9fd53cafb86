"""Advisories in a folder are held against the lock as their schema says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.advisories import advisories, flaws, is_affected, newest

LOCK = {"some-thing": ("2.5", list[str]())}


def advisory(*events: dict[str, str], versions: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    about = {"package": {"ecosystem": "PyPI", "name": "Some_Thing"}, "ranges": ranges, "versions": list(versions)}
    return {"id": "PYSEC-1", "modified": "2024-02-06T00:25:51Z", "affected": [about]} | more


@pytest.mark.parametrize(
    ("events", "affected"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "2.5"}], False),
        ([{"introduced": "0"}, {"fixed": "2.5.1"}], True),
        ([{"introduced": "2.5"}, {"last_affected": "2.5"}], True),
        ([{"introduced": "2"}, {"last_affected": "2.4"}], False),
        ([{"introduced": "2.6"}], False),
        ([{"fixed": "1.9"}, {"introduced": "0"}, {"introduced": "2.4rc1"}, {"fixed": "2.10"}], True),
    ],
)
def test_a_version_is_affected_between_where_a_flaw_came_in_and_where_it_went(
    events: list[dict[str, str]], affected: bool
) -> None:
    assert is_affected("2.5", advisory(*events)["affected"][0]) is affected


def test_a_version_that_is_listed_is_affected_and_withdrawn_advisories_count_for_nothing(tmp_path: Path) -> None:
    listed = advisory({"introduced": "9"}, versions=("2.5",))
    (tmp_path / "one.json").write_text(json.dumps(listed), "utf-8")
    (tmp_path / "two.json").write_text(json.dumps(listed | {"id": "PYSEC-2", "withdrawn": "2024-03-01"}), "utf-8")
    (tmp_path / "three.yaml").write_text(json.dumps(listed | {"id": "PYSEC-0", "modified": "2024-05-01"}), "utf-8")
    found = advisories(tmp_path)
    assert list(flaws(found, LOCK)) == ["some-thing 2.5: PYSEC-0, PYSEC-1"]
    assert newest(found) == "2024-05-01"


def test_a_package_of_the_same_name_elsewhere_is_another_one() -> None:
    other = advisory({"introduced": "0"})
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert list(flaws([other], LOCK)) == []


def test_a_folder_without_advisories_is_no_clean_bill(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no advisory"):
        advisories(tmp_path)
