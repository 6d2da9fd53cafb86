"""Data Docs can be read offline, name rule and severity, hold no value of a row and keep a limited number of runs."""

from __future__ import annotations

import errno
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from great_expectations.expectations import core
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.engine import Verdict, validate
from expectations.report import build_data_docs
from expectations.suites import ExpectKeyToBeUnique, ExpectRowsToSatisfy, build_suite
from warehouse.disk import refusal_of
from warehouse.errors import DISK_FULL

SECRET = "RAHASIA-3171"
ROWS = pl.LazyFrame({"nik": [SECRET, SECRET, None], "age": [30, 14, 99]})
RULES = [
    core.ExpectColumnValuesToNotBeNull(column="nik", severity=FailureSeverity.WARNING, meta={"rule": "nik_missing"}),
    core.ExpectColumnValuesToMatchRegex(
        column="nik", regex="^[0-9]{16}$", severity=FailureSeverity.INFO, meta={"rule": "nik_shape"}
    ),
    core.ExpectColumnValuesToBeInSet(column="nik", value_set=["a", "b"], meta={"rule": "nik_known"}),
    core.ExpectColumnValuesToBeBetween(column="age", min_value=15, max_value=80, meta={"rule": "age_unlikely"}),
    core.ExpectColumnValuesToBeBetween(column="nik", min_value=1, meta={"rule": "cannot_run"}),
    ExpectRowsToSatisfy(condition="age < 50", severity=FailureSeverity.WARNING, meta={"rule": "too_old"}),
    ExpectKeyToBeUnique(columns=["nik"], meta={"rule": "nik_twice"}),
]


class Page(HTMLParser):
    """What a browser would load and follow."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a resource or a link."""
        found = {name: value or "" for name, value in attrs}
        if tag in {"script", "link", "img", "iframe"}:
            self.loaded.append(found.get("src") or found.get("href") or tag)
        elif "href" in found:
            self.links.append(found["href"])


def verdict() -> Verdict:
    """Return a verdict on rows that hold a secret."""
    return validate(ROWS, build_suite("peserta.gate", ["nik", "age"], RULES), name="3171 2025-03")


def pages(folder: Path) -> list[Path]:
    """Return the pages of Great Expectations."""
    return sorted(folder.glob("*/validations/**/*.html"))


def test_no_page_loads_or_links_anything_from_outside(tmp_path: Path) -> None:
    index = build_data_docs([("3171 2025-03", verdict().result)], tmp_path)
    for path in [index, *pages(tmp_path)]:
        html = path.read_text("utf-8")
        page = Page(html)
        assert page.loaded == []
        assert [link for link in page.links if "//" in link] == []
        assert not re.search(r"url\(['\"]?https?:|@import", html)


def test_every_link_leads_to_a_page(tmp_path: Path) -> None:
    index = build_data_docs([("3171 2025-03", verdict().result), ("3172/2025-03 <b>", verdict().result)], tmp_path)
    assert len(pages(tmp_path)) == 2
    for path in [index, *pages(tmp_path)]:
        local = [link for link in Page(path.read_text("utf-8")).links if not link.startswith("#")]
        assert local
        assert [link for link in local if not (path.parent / link).is_file()] == []


def test_no_file_holds_a_value_of_a_row(tmp_path: Path) -> None:
    build_data_docs([("3171 2025-03", verdict().result)], tmp_path)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []


def test_a_page_names_every_rule_with_its_severity_and_the_exception_by_class_only(tmp_path: Path) -> None:
    build_data_docs([("3171 2025-03", verdict().result)], tmp_path)
    html = pages(tmp_path)[0].read_text("utf-8")
    for text in (
        "[critical] peserta.gate.rows: 1 &lt;= rows",
        "[warning] nik_missing: nik IS NOT NULL",
        "[info] nik_shape: nik ~ &#x27;^[0-9]{16}$&#x27;",
        "[warning] too_old: age &lt; 50",
        "[critical] nik_twice: UNIQUE (nik)",
        "could not run: ComputeError",
    ):
        assert text in html
    assert "Traceback (most recent call last)" not in html


def test_the_index_counts_failures_by_severity(tmp_path: Path) -> None:
    index = build_data_docs([("3171 2025-03", verdict().result)], tmp_path).read_text("utf-8")
    failed = [one.severity for one in verdict().outcomes if not one.success]
    cells = "".join(f"<td>{failed.count(level)}</td>" for level in ("critical", "warning", "info"))
    assert f"<td>gagal / failed</td>{cells}" in index


def test_a_result_that_was_stored_as_a_dictionary_makes_the_same_page(tmp_path: Path) -> None:
    result = verdict().result
    build_data_docs([("object", result), ("dictionary", result.to_json_dict())], tmp_path)
    first, second = (page.read_text("utf-8").replace("dictionary", "object") for page in pages(tmp_path))
    without_ids = [re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", html) for html in (first, second)]
    assert without_ids[0] == without_ids[1]


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    for run in range(4):
        index = build_data_docs([(f"run {run}", verdict().result)], tmp_path, keep=2)
    assert len(pages(tmp_path)) == 2
    assert re.findall(r"run \d", index.read_text("utf-8")) == ["run 3", "run 2"]


def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="different name"):
        build_data_docs([("one", verdict().result), ("one", verdict().result)], tmp_path)


def test_a_page_that_the_disk_refused_is_told_as_what_the_disk_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space") as broken:
        build_data_docs([("peserta", verdict().result)], tmp_path)
    refused = refusal_of(broken.value)
    assert refused is not None
    assert refused.rule == DISK_FULL
    assert pages(tmp_path) == []
