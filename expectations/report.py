"""Data Docs: Great Expectations' own pages on its verdicts, made to be read offline and kept for a few runs.

The pages as shipped load styles, scripts, fonts and a logo from public servers, hide the severity, and need a script
for their index. Here they keep their content, get one small style of ours, and name the rule and its severity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from shutil import rmtree
from typing import Any, cast

from great_expectations.core import ExpectationSuiteValidationResult, ExpectationSuiteValidationResultSchema
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from expectations.suites import describe, rule_id
from warehouse.files import placed

REMOTE = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*>|<img\b[^>]*>|<footer>.*?</footer>|\bonclick=\"[^\"]*\"", re.S | re.I
)
SUITE_LINK = re.compile(r'<a href="[^"]*expectations/[^"]*"[^>]*>(.*?)</a>', re.S)
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:75rem;padding:1rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.35rem .6rem;text-align:left}
.badge{background:#e8eef4;border-radius:3px;padding:0 .3em}.alert{border-left:4px solid #4a7aa8;padding:.3rem .8rem}
.text-danger{color:#a40000}.text-success{color:#1d6b2f}.text-warning{color:#8a5a00}ul,ol{list-style:none;padding-left:0}
.collapse{display:none}.collapse:target{display:block}.sticky{position:static}.card.mb-3{display:none}
.fa-check-circle::before{content:"\\2713"}.fa-times::before{content:"\\2717"}
.fa-exclamation-triangle::before{content:"!"}
"""


def build_data_docs(results: Sequence[tuple[str, Any]], folder: Path, keep: int = 10) -> Path:
    """The index page, after adding one run: a page per (name, validation result), without scripts or outside links.

    A result is an `ExpectationSuiteValidationResult` or the dictionary of its `to_json_dict`, made with
    `engine.validate`, so that it holds no value of a row. Only the newest `keep` runs stay in the folder.

    Raises: ValueError for a repeated name or `keep` below 1, OSError for a page that the disk refuses.
    """
    names = [name for name, _ in results]
    if keep < 1 or len(set(names)) < len(names):
        raise ValueError(f"Data Docs need keep >= 1 (got {keep}) and a different name for each result (got {names})")
    now = datetime.now(UTC)
    run = folder / now.strftime("%Y%m%dT%H%M%S.%fZ")
    loaded = [(name, _loaded(result)) for name, result in results]
    summary = _summary(run.name, [(name, _draw(run, name, one, now), one) for name, one in loaded])
    with placed(run / "summary.html") as beside:
        beside.write_text(summary, "utf-8")
    return _index(folder, keep)


def _draw(run: Path, name: str, result: ExpectationSuiteValidationResult, now: datetime) -> Path:
    """Return where the page on a result was placed in the folder of a run."""
    for answer in result.results:
        config = cast(ExpectationConfiguration, answer.expectation_config)
        expectation = config.to_domain_obj()
        severity = FailureSeverity(expectation.severity).value
        text = f"[{severity}] {rule_id(expectation)}: {describe(expectation)[1]}"
        config.description = escape(text)
    run_id = RunIdentifier(run_name=re.sub(r"[^\w-]+", "_", name), run_time=now)
    result.meta["run_id"] = run_id
    key: Any = ValidationResultIdentifier(
        ExpectationSuiteIdentifier(result.suite_name), run_id, result.batch_id or "batch"
    )
    page = Path("validations", *key.to_tuple()[:-1], f"{key.batch_identifier}.html")
    with placed(run / page) as beside:
        beside.write_text(_offline(_view().render(_renderer().render(result), show_how_to_buttons=False)), "utf-8")
    return page


@cache
def _renderer() -> Any:
    return ValidationResultsPageRenderer()


@cache
def _view() -> Any:
    return DefaultJinjaPageView()


def _loaded(result: Any) -> ExpectationSuiteValidationResult:
    plain = result if isinstance(result, dict) else result.to_json_dict()
    return cast(ExpectationSuiteValidationResult, ExpectationSuiteValidationResultSchema().load(deepcopy(plain)))


def _offline(page: str) -> str:
    page = re.sub(r"url\(['\"]?https?:[^)]*\)", "none", SUITE_LINK.sub(r"\1", REMOTE.sub("", page)))
    page = page.replace('/index.html"', '/../index.html"')
    return page.replace("</head>", f"<style>{STYLE}</style></head>")


def _summary(run: str, pages: Sequence[tuple[str, Path, ExpectationSuiteValidationResult]]) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(run)}/{escape(page.as_posix())}">{escape(name)}</a></td>{_counts(result)}</tr>'
        for name, page, result in pages
    )
    heads = "".join(f"<th>{head}</th>" for head in ("Muatan / Load", "Hasil / Result", *FailureSeverity.__members__))
    return f"<h2>{escape(run)}</h2><table><tr>{heads}</tr>{rows}</table>"


def _counts(result: ExpectationSuiteValidationResult) -> str:
    failed = [getattr(one.expectation_config, "severity", None) for one in result.results if not one.success]
    word = "gagal / failed" if failed else "lulus / passed"
    return f"<td>{word}</td>" + "".join(f"<td>{failed.count(level)}</td>" for level in FailureSeverity)


def _index(folder: Path, keep: int) -> Path:
    runs = sorted((page.parent for page in folder.glob("*/summary.html")), reverse=True)
    for old in runs[keep:]:
        rmtree(old)
    sections = "".join((run / "summary.html").read_text("utf-8") for run in runs[:keep])
    title = "Pemeriksaan data / Data validation"
    page = f'<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{title}</title><style>{STYLE}</style></head>'
    index = folder / "index.html"
    with placed(index) as beside:
        beside.write_text(f"{page}<body><h1>{title}</h1>{sections}</body></html>", "utf-8")
    return index
