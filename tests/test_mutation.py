"""What `make mutation` goes by: its plan and its reasons are about the code as it is, and a trial tells what it sees."""

from __future__ import annotations

from pathlib import Path

from tests.mutation.plan import PROJECT, planned, reasons
from tests.mutation.scores import Score, report
from tests.mutation.session import Mutant, mutations, sample, try_mutants

THING = "def is_many(rows: int) -> bool:\n    return rows > 3 and True\n"
TESTED = "from thing import is_many\n\n\ndef test_five_are_many():\n    assert is_many(5)\n    assert not is_many(2)\n"


def test_every_module_and_every_test_that_is_planned_is_there() -> None:
    for module, tests in planned().items():
        assert (PROJECT / f"{module.replace('.', '/')}.py").is_file(), module
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name}" in (PROJECT / file).read_text(encoding="utf-8"), test


def test_every_reason_is_about_a_line_that_is_there() -> None:
    lines = {
        module: {line.strip() for line in (PROJECT / module).read_text(encoding="utf-8").splitlines()}
        for module, _, _ in reasons()
    }
    assert [key for key in reasons() if key[2] not in lines[key[0]]] == []


def test_a_trial_tells_the_mutants_that_a_test_notices_from_those_that_none_does(tmp_path: Path) -> None:
    (tmp_path / "thing.py").write_text(THING)
    (tmp_path / "test_thing.py").write_text(TESTED)
    found = mutations(tmp_path, "thing.py")
    tried = {
        one.became.strip(): one.survived
        for one in try_mutants(tmp_path, "thing.py", ["test_thing.py"], found, 60, libraries=())
    }
    assert tried == {
        "return rows < 3 and True": False,
        "return rows >= 3 and True": True,
        "return rows > 4 and True": True,
        "return rows > 2 and True": True,
        "return rows > 3 or True": False,
        "return rows > 3 and False": False,
    }
    assert (tmp_path / "thing.py").read_text() == THING


def test_a_sample_is_the_same_for_the_same_seed_keeps_the_order_and_is_never_empty() -> None:
    every = mutations(PROJECT, "warehouse/digests.py")
    assert sample(every, 0.5, "1") == sample(every, 0.5, "1") != sample(every, 0.5, "2")
    assert [one for one in every if one in sample(every, 0.5, "1")] == sample(every, 0.5, "1")
    assert (len(sample(every, 0.01, "1")), sample(every, 1.0, "1")) == (1, every)


def test_fewer_than_nine_of_ten_in_a_package_and_a_survivor_without_a_reason_are_failures() -> None:
    explained = Mutant(*next(iter(reasons()))[:2], 1, next(iter(reasons()))[2], "", survived=True)
    unexplained = Mutant("warehouse/lines.py", "core/AddNot", 1, "no such line", "", survived=True)
    good = Score("warehouse.lines", mutants=10, tried=10)
    assert report([good, Score("transforms.arrears", 10, 10, 10, [explained])]) == 0
    assert report([good, Score("transforms.arrears", 19, 19, 19, [explained] * 2)]) == 1
    assert report([good, Score("warehouse.seals", 90, 90, 90, [unexplained])]) == 1
