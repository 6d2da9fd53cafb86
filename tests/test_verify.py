"""What is promised is declared once: the page, the tests and the long checks that it names are there, and the runner tells the truth."""

from __future__ import annotations

import pytest

from tests import verify as verifying
from tests.endtoend import ROOT
from tests.promised import CHECKS, PROMISES, Long

TARGETS = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_page_of_promises_is_what_is_declared_and_was_counted() -> None:
    assert (ROOT / "docs" / "promises.md").read_text(encoding="utf-8") == verifying.document()


def test_every_promise_names_tests_that_are_there_and_a_long_check_or_why_there_is_none() -> None:
    for promise in PROMISES:
        for file, _, start in (name.partition("::") for name in promise.tests):
            assert f"def {start or 'test_'}" in (ROOT / "tests" / file).read_text(encoding="utf-8"), (file, start)
        assert promise.long or promise.gap, promise.what


def test_every_long_check_is_of_a_promise_once_and_what_was_counted_is_of_a_check() -> None:
    names = [one.name for one in CHECKS]
    assert len(names) == len(set(names))
    assert {name for promise in PROMISES for name in promise.long} == set(names)
    assert set(verifying.recorded()) <= set(names)


@pytest.mark.parametrize("check", [one for one in CHECKS if one.is_here], ids=lambda one: one.name)
def test_every_long_check_that_is_here_has_its_target_in_the_makefile(check: Long) -> None:
    assert f"\n{check.target}: " in TARGETS


def test_all_checks_run_whatever_became_of_those_before_and_the_summary_names_what_failed(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(verifying, "keep", kept.__setitem__)
    checks = [
        Long("absent", "-m tests.no_such_check", ""),
        Long("wrong", "-m json.tool no-such-file", ""),
        Long("right", "-m json.tool --help", ""),
    ]
    assert verifying.verify(checks, record=True) == 1
    said = capfd.readouterr().out
    assert "right: passed" in said
    assert said.endswith("1 of 3 passed; FAILED: absent, wrong\n")
    assert list(kept) == ["right"]


def test_checks_that_pass_end_with_nothing_failed(capfd: pytest.CaptureFixture[str]) -> None:
    assert verifying.verify([Long("right", "-m json.tool --help", "")]) == 0
    assert "FAILED" not in capfd.readouterr().out
