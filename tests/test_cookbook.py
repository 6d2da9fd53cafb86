"""The cookbook keeps its word: every snippet runs in the demonstration and prints what its page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cookbook import BOOK, INDEX, PAGES, Snippet, home_of, snippets

CODE = re.compile(r"^```(?:sql|python)", re.M)
ANSWERED = [page for page in PAGES if page.parent == BOOK and page != INDEX]


def questions() -> dict[str, list[tuple[Path, Snippet]]]:
    """Return the snippets of each question with their page, in order."""
    asked: dict[str, list[tuple[Path, Snippet]]] = {}
    for page in PAGES:
        for snippet in snippets(page):
            asked.setdefault(f"{page.stem}: {snippet.question}", []).append((page, snippet))
    return asked


QUESTIONS = questions()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_snippet_prints_what_its_page_shows(question: str, demonstration: Path) -> None:
    for page, snippet in QUESTIONS[question]:
        assert snippet.printed(demonstration / home_of(page)) == snippet.shown, snippet.code


@pytest.mark.parametrize("page", ANSWERED, ids=lambda page: page.stem)
def test_every_question_is_asked_in_both_languages_and_answered_in_sql_and_python(page: Path) -> None:
    for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        question = part.splitlines()[0]
        languages = {snippet.language for _, snippet in QUESTIONS[f"{page.stem}: {question}"]}
        assert {"sql", "python"} <= languages, question
        assert re.fullmatch(r"\*[A-Z][^*]+\?\*", part.splitlines()[2]), question


def test_no_code_of_the_cookbook_goes_unanswered() -> None:
    for page in PAGES:
        shown = [snippet for snippet in snippets(page) if snippet.language != "sh"]
        assert len(CODE.findall(page.read_text(encoding="utf-8"))) == len(shown), page.name
        assert all(snippet.shown for snippet in shown), page.name


def test_every_question_is_in_the_index() -> None:
    index = INDEX.read_text(encoding="utf-8")
    for page in ANSWERED:
        for snippet in snippets(page):
            anchor = re.sub(r"[^\w\- ]", "", snippet.question.lower()).replace(" ", "-")
            assert f"]({page.name}#{anchor})" in index, snippet.question
