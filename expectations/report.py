"""Data Docs: Great Expectations' own pages on its verdicts, made to be read offline and kept for a few runs.

The pages as shipped load styles, scripts, fonts and a logo from public servers, hide the severity, and need a script
for their index. Here they keep their content, get one small style of ours, and name the rule and its severity.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from shutil import rmtree
from typing import Any, cast

import great_expectations as gx
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationSuiteValidationResultSchema
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.render.renderer.site_builder import SiteBuilder

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

    Raises: ValueError for a repeated name or `keep` below 1, RuntimeError if Great Expectations drew no page, from why it did not.
    """
    names = [name for name, _ in results]
    if keep < 1 or len(set(names)) < len(names):
        raise ValueError(f"Data Docs need keep >= 1 (got {keep}) and a different name for each result (got {names})")
    now = datetime.now(UTC)
    run = folder / now.strftime("%Y%m%dT%H%M%S.%fZ")
    context = _context(run)
    pages = [_add(context, name, result, now) for name, result in results]
    with _swallowed() as errors:
        context.build_data_docs(build_index=False)
    if missing := [name for name, page in zip(names, pages, strict=True) if not (run / page).is_file()]:
        raise RuntimeError(f"Great Expectations drew no page for {missing}") from next(iter(errors), None)
    for page in pages:
        with placed(run / page) as beside:
            beside.write_text(_offline((run / page).read_text("utf-8")), "utf-8")
    rmtree(run / "static")
    with placed(run / "summary.html") as beside:
        beside.write_text(_summary(run.name, results, pages), "utf-8")
    return _index(folder, keep)


@contextmanager
def _swallowed() -> Iterator[list[BaseException]]:
    """Yield the list of the errors that Great Expectations meets while it draws: it logs them and goes on."""
    errors, log = list[BaseException](), logging.getLogger(SiteBuilder.__module__)

    class Listener(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            errors.extend(filter(None, [sys.exc_info()[1]]))

    listener = Listener()
    log.addHandler(listener)
    try:
        yield errors
    finally:
        log.removeHandler(listener)


def _context(run: Path) -> AbstractDataContext:
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(run)}
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": backend,
        "site_section_builders": {"expectations": "false", "profiling": "false"},
    }
    stores = InMemoryStoreBackendDefaults()
    config = DataContextConfig(store_backend_defaults=stores, data_docs_sites={"run": site}, analytics_enabled=False)
    return gx.get_context(mode="ephemeral", project_config=config)


def _add(context: AbstractDataContext, name: str, result: Any, now: datetime) -> Path:
    shown = _loaded(result)
    for answer in shown.results:
        config = cast(ExpectationConfiguration, answer.expectation_config)
        expectation = config.to_domain_obj()
        severity = FailureSeverity(expectation.severity).value
        text = f"[{severity}] {rule_id(expectation)}: {describe(expectation)[1]}"
        config.description = escape(text)
    run_id = RunIdentifier(run_name=re.sub(r"[^\w-]+", "_", name), run_time=now)
    shown.meta["run_id"] = run_id
    suite = ExpectationSuiteIdentifier(shown.suite_name)
    key: Any = ValidationResultIdentifier(suite, run_id, shown.batch_id or "batch")
    context.validation_results_store.store_validation_results(shown, key)
    return Path("validations", *key.to_tuple()[:-1], f"{key.batch_identifier}.html")


def _loaded(result: Any) -> ExpectationSuiteValidationResult:
    plain = result if isinstance(result, dict) else result.to_json_dict()
    return cast(ExpectationSuiteValidationResult, ExpectationSuiteValidationResultSchema().load(deepcopy(plain)))


def _offline(page: str) -> str:
    page = re.sub(r"url\(['\"]?https?:[^)]*\)", "none", SUITE_LINK.sub(r"\1", REMOTE.sub("", page)))
    page = page.replace('/index.html"', '/../index.html"')
    return page.replace("</head>", f"<style>{STYLE}</style></head>")


def _summary(run: str, results: Sequence[tuple[str, Any]], pages: Sequence[Path]) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(run)}/{escape(page.as_posix())}">{escape(name)}</a></td>{_counts(result)}</tr>'
        for (name, result), page in zip(results, pages, strict=True)
    )
    heads = "".join(f"<th>{head}</th>" for head in ("Muatan / Load", "Hasil / Result", *FailureSeverity.__members__))
    return f"<h2>{escape(run)}</h2><table><tr>{heads}</tr>{rows}</table>"


def _counts(result: Any) -> str:
    failed = [getattr(one.expectation_config, "severity", None) for one in _loaded(result).results if not one.success]
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
