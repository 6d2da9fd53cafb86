"""Broken files of other projects and pollutions of our own, read as extracts: right, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.corpora import VARIABLE, folder
from tests.corpora.cases import Case, cases, said
from tests.corpora.pollution import pollutions
from tests.corpora.reading import RAISED, RIGHT, WRONG, outcome
from tests.corpora.splitting import Doubtful, records
from warehouse.sandbox import SANDBOX

EVERY = 12


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    SANDBOX.close()


def bad(found: Iterator[Case]) -> dict[str, str]:
    """Return the cases that are neither right nor refused by name."""
    ends = {one.name: outcome(one) for one in found}
    return {name: end for name, end in ends.items() if end.startswith((WRONG, RAISED))}


def test_a_clean_extract_is_right_and_every_twelfth_pollution_of_it_is_never_silently_wrong() -> None:
    made = list(pollutions())
    assert len(made) > 3_000
    assert outcome(next(one for one in made if one.name == "generated/clean, quoting 0")) == RIGHT
    assert bad(islice(made, 0, None, EVERY)) == {}


def test_files_of_other_projects_are_never_silently_wrong() -> None:
    place = folder()
    if not place.is_dir():
        pytest.skip(f"no collections of broken files at {place}: set {VARIABLE}, or run python -m tests.corpora DIR")
    assert bad(islice(cases(place), 0, None, EVERY)) == {}


def test_a_collection_may_be_a_folder_with_clean_twins(tmp_path: Path) -> None:
    for name, content in {
        "csv/a.csv": b"x;y\n1;2\n",
        "clean/a.csv": b"x,y\n1,2\n",
        "csv/b.csv": b'x,y\n1,"2\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    found = list(cases(tmp_path))
    assert [(one.name, one.wanted) for one in found] == [("csv/a.csv", [["x", "y"], ["1", "2"]]), ("csv/b.csv", None)]
    assert [outcome(one) for one in found] == [RIGHT, "irregular_record"]


def test_a_load_that_differs_from_the_twin_is_called_wrong() -> None:
    assert outcome(Case("", b"x,y\n1,2\n", ["x", "y"], [["x", "y"], ["1", "3"]])) == WRONG


@pytest.mark.parametrize("text", ['a,b\n1,2"3\n', 'a,b\n1, "2"\n', 'a,b\n"1"2,3\n', 'a,b\n1,"2\n'])
def test_quotes_of_two_readings_are_doubtful_to_the_second_opinion_too(text: str) -> None:
    with pytest.raises(Doubtful):
        records(text, ",")
    assert said(text.encode()) is None


def test_quotes_in_pairs_inside_a_field_and_around_whole_fields_have_one_reading() -> None:
    text = 'a,b\r\nPT "MAJU",2\r"x, ""y""\n","""z"""\n\n,\n'
    assert records(text, ",") == [["a", "b"], ['PT "MAJU"', "2"], ['x, "y"\n', '"z"'], ["", ""]]
