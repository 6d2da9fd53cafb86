"""`python -m tests.scan_failing`: runs that fail in every way, and then nobody is found in what they left; 1 when somebody is.

The runs load the planted files of tests/test_privacy.py. Everything they leave and say is searched: homes, Prefect's
database, logs, temporary files.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.endtoend import ROOT
from tests.extracts import kpj, nik, write
from tests.servers.loopback import free_port
from tests.test_privacy import CANNOT_BE_TOLD, Planted, name_of, plant, plant_unreadable
from warehouse.scanning.sweep import Finding, Sweep
from warehouse.scanning.wanted import Wanted

PATIENCE_SECONDS = 300
STEPS = (
    "flows.gate_judging:judge_file", "flows.gate_judging:judge_files", "flows.steps:gate_together", "flows.months:compute", "flows.months:audit",
    "flows.months:store_month", "flows.records:write", "flows.steps:publish_home", "warehouse.reading:scan",
    "flows.entry:write_reports",
)  # fmt: skip
LIBRARIES = ("duckdb", "polars", "pyarrow")
QUESTIONS = (
    "SELECT CAST(coalesce(max(masked_row), 'x') AS INTEGER) FROM ops.rejection",
    "SELECT * FROM read_csv('{landed}')",
    "SELECT nik FROM mart.fact_coverage",
    "COPY mart.dim_region TO 'x.csv'",
    "ATTACH '{landed}'",
)


@dataclass
class Failures:
    """A folder with a source of planted files, the homes of the runs that fail, and all that they said."""

    folder: Path
    planted: Planted = field(default_factory=Planted)
    dice: random.Random = field(default_factory=lambda: random.Random(8))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    codes: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "said").mkdir(parents=True)
        self.source = write(self.folder / "landing" / "source", plant(self.planted))
        plant_unreadable(self.planted, self.source)
        self.words = sorted(set(self.planted.words()) - set(_that_cannot_be_told(self.planted)))
        self.home = self.folder / "home"

    def run(self, name: str, words: Sequence[str], environment: dict[str, str], kill_after: float = 0) -> int:
        """Return the exit code of a command, whose outputs are kept; SIGKILL after so many seconds, for 0 never."""
        place = self.folder / "said" / f"{next(self.numbers):03}-{name}"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CAKUPAN_", "PREFECT_"))}
        ours = {
            "PREFECT_HOME": str(self.folder / "prefect"),
            "TMPDIR": str(self.folder / "tmp"),
            "HOME": str(self.folder / "user"),
        }
        for made in ours.values():
            Path(made).mkdir(exist_ok=True)
        with place.with_suffix(".out").open("wb") as out, place.with_suffix(".err").open("wb") as err:
            running = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=inherited | ours | environment, stdout=out, stderr=err,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            if kill_after:
                time.sleep(kill_after)
                os.killpg(running.pid, signal.SIGKILL)
            code = running.wait(PATIENCE_SECONDS)
        self.codes.setdefault(name, []).append(code)
        return code

    def load(self, name: str, *more: str, under: Sequence[str] = ("-m", "flows"), **given: str) -> int:
        """Return the exit code of a load."""
        return self.run(name, [*under, "run", "--source", str(self.source), "--home", str(self.home), *more], given)

    def canary(self) -> str:
        """Return a text of a row: a NIK and a name."""
        person = self.dice.choice(list(self.planted.people))
        return f"{nik(person)} {name_of(person)}"

    def findings(self) -> tuple[list[Finding], Sweep]:
        """Return what is found of anybody who was planted, and the sweep."""
        sweep = Sweep(Wanted(self.words))
        landing = {home / "landing" for home in [self.folder, *self.folder.glob("home*")]}
        sweep.through([self.folder], landing)
        return sweep.findings, sweep

    def settings(self, text: str) -> str:
        """Return the path of a settings file. It lies in landing: what a user writes there is not ours."""
        file = self.folder / "landing" / f"{next(self.numbers)}.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)


def _that_cannot_be_told(planted: Planted) -> Iterator[str]:
    """Yield the words that stand where they cannot be told from what belongs there: docs/privacy.md."""
    for person, place in planted.people.items():
        what, _, column = place.partition(" in ")
        if what in CANNOT_BE_TOLD.get(column, ()):
            yield kpj(person) if what == "kpj" else name_of(person)


def stopped(all_of: Failures) -> int:
    """Load files of which most are stopped and many rows are rejected."""
    return all_of.load("bad files", "--plain")


def killed(all_of: Failures) -> int:
    """Kill a load at a random moment."""
    name, words = "killed", ["-m", "flows", "run", "--source", str(all_of.source), "--plain", "--home"]
    home = all_of.folder / f"home-killed-{all_of.dice.randrange(3)}"
    return all_of.run(name, [*words, str(home)], {}, kill_after=all_of.dice.uniform(0.5, 9))


def broken_step(all_of: Failures) -> int:
    """Let a library fail on a row, in any step."""
    return _broken(all_of, "a library in a step", "--plain")


def broken_flow(all_of: Failures) -> int:
    """Let a library fail on a row under Prefect, with a temporary server and a database of its own."""
    return _broken(all_of, "a library under Prefect", PREFECT_API_URL="", PREFECT_LOGGING_LEVEL="DEBUG")


def wrong_settings(all_of: Failures) -> int:
    """Give settings that are no TOML, have a wrong key, or hold somebody."""
    person = all_of.canary()
    text = all_of.dice.choice([
        f"[{person}", f'memory_limit = "{person}"', f'nothing = "{person}"', f'[sources.x]\nglob = 7\nkind = "{person}"',
        f'[[corrections]]\nid = "x"\nkind = "kepesertaan"\nwhere = "nama = \'{person}\'"',
    ])  # fmt: skip
    return all_of.load("wrong settings", "--plain", "--config", all_of.settings(text))


def broken_key(all_of: Failures) -> int:
    """Give a key that is none, or that others can read."""
    file = all_of.folder / "landing" / "open.key"
    file.write_text("ab" * 32)
    file.chmod(0o644)
    given = all_of.dice.choice([{"CAKUPAN_KEY": all_of.canary()}, {"CAKUPAN_KEY_FILE": str(file)}])
    return all_of.load("a broken key", "--plain", **given)


def failing_question(all_of: Failures) -> int:
    """Ask what DuckDB refuses."""
    landed = next((all_of.home / "landing").glob("??/*"), all_of.source)
    sql = all_of.dice.choice(QUESTIONS).format(landed=landed)
    return all_of.run("a failing question", ["-m", "flows", "query", "--home", str(all_of.home), "--internal", sql], {})


def unsent(all_of: Failures) -> int:
    """Send to a PostgreSQL server that is not there."""
    url = f"postgresql://penerbit@127.0.0.1:{free_port()}/postgres"
    text = f'[publish.postgresql]\nurl = "{url}"\npassword = {{ env = "SANDI" }}\nsslmode = "require"\nretries = 1\n'
    words = ["-m", "flows", "publish", "--home", str(all_of.home), "--config", all_of.settings(text)]
    return all_of.run("an unsent copy", words, {"SANDI": "x"})


def _broken(all_of: Failures, name: str, *more: str, **environment: str) -> int:
    step, library = all_of.dice.choice(STEPS), all_of.dice.choice(LIBRARIES)
    under = ("-m", "tests.failing_step", step, library)
    home = all_of.folder / f"home-{next(all_of.numbers)}"
    return all_of.run(
        f"{name} {step.replace(':', '.')} {library}",
        [*under, "run", "--source", str(all_of.source), "--home", str(home), *more],
        {"FAILING_TEXT": all_of.canary(), **environment},
    )


FAILURES: tuple[Callable[[Failures], int], ...] = (
    stopped, broken_step, killed, wrong_settings, broken_flow, broken_key, failing_question, unsent, broken_step, killed,
)  # fmt: skip


def main() -> int:
    """Print how the runs ended and what was found; return 1 when anybody was, or a run did not fail."""
    arguments = ArgumentParser(prog="python -m tests.scan_failing", description=__doc__)
    arguments.add_argument("--runs", type=int, default=50)
    arguments.add_argument("--keep", type=Path, help="a new folder to keep what the runs left")
    given = arguments.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cakupan-failing-")))
        all_of = Failures(folder / "all")
        for place in range(given.runs):
            FAILURES[place % len(FAILURES)](all_of)
            print(f"\r{place + 1} of {given.runs} runs", end="", file=sys.stderr, flush=True)
        found, sweep = all_of.findings()
    for name, codes in sorted(all_of.codes.items()):
        print(f"{name}: ended with {codes}")
    for one in found:
        print(f"! {one.data()}")
    unread = {path: why for path, why in sweep.unread.items() if "/landing/" not in path}
    for path, why in unread.items():
        print(f"? {path}: {why}")
    print(
        f"{given.runs} runs failed; {sweep.files:,} files searched, {len(unread)} not readable, {len(found)} findings"
    )
    succeeded = [name for name, codes in all_of.codes.items() if not name.startswith("killed") and {0, 3} & set(codes)]
    print("\n".join(f"did not fail: {name}" for name in succeeded))
    return 1 if found or succeeded else 0


if __name__ == "__main__":
    sys.exit(main())
