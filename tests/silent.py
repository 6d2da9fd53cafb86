"""`python -m tests.silent`: every command of `cakupan` runs where there is no network, and is seen trying to reach nobody.

Each command runs in a network of its own that holds loopback alone (`unshare -n`), under strace, which records every connect
and every message to an address of the internet, of its children too. What serves, and what starts a server of Prefect, may use
loopback; nothing else may use anything. EXAMPLES says how each command is called; a test compares it with the parser.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.cli import parser
from tests.endtoend import ROOT
from tests.extracts import two_months, write
from tests.tracing import prefix, reached
from warehouse.home import Home

LOOPBACK = {"127.0.0.1", "::1"}
REJECTED = "kepesertaan_15_202503.csv"
SERVED_SECONDS = 90
SETTINGS = """
[publish.postgresql]
url = "postgresql://cakupan@127.0.0.1:5432/cakupan"
"""


@dataclass(frozen=True)
class Example:
    """How a command is called, which exit codes are its own, whether it may use loopback, and for how long it serves."""

    words: str
    codes: tuple[int, ...] = (0,)
    loopback: bool = False
    seconds: int = 0
    typed: str = ""


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "run": (
        Example("run --source {source} --home {new} --plain", (3,)),
        Example("run --source {source} --home {home}", (3,), loopback=True),
    ),
    "plan-run": (Example("plan-run --source {source} --home {home}"),),
    "backfill": (Example("backfill --months 2025-02..2025-03 --source {source} --home {home} --plain", (0, 3)),),
    "watch": (Example("watch --home {home}", (0, 4)),),
    "demo": (Example("demo --home {out}/demo --plain"),),
    "synth": (Example("synth --out {out}/synthetic --months 2025-01..2025-01 --workers 500 --regions 15.03"),),
    "query": (Example("query --home {home} 'FROM mart.coverage'"),),
    "sql": (Example("sql --plain --home {home}", typed="SELECT 1;\n"),),
    "tables": (Example("tables --home {home}"),),
    "describe": (Example("describe coverage --home {home}"),),
    "receipt": (Example("receipt coverage region_code=15.03 --home {home}"),),
    "config roles": (Example("config roles --config {config}"),),
    "config check": (Example("config check --config {config}"),),
    "receive": (Example("receive --source {source} --home {home}"),),
    "quarantine list": (Example("quarantine list --home {home}"),),
    "quarantine show": (Example("quarantine show {rejected} --home {home}"),),
    "quarantine export": (Example("quarantine export {rejected} --out {out}/export.csv --home {home}"),),
    "quarantine replay": (Example("quarantine replay --home {home}"),),
    "quarantine report": (Example("quarantine report {rejected} --out {out}/report --home {home}"),),
    "key new": (Example("key new --out {out}/new.key"),),
    "key check": (Example("key check --home {home}"),),
    "key rotate": (Example("key rotate --home {new}"),),
    "breach-report": (Example("breach-report --home {home}"),),
    "inspect": (Example("inspect {source}/{rejected}", (0, 3, 4)),),
    "metadata": (Example("metadata --out {out}/metadata --home {home}"),),
    "publish": (Example("publish --list --home {home}"), Example("publish --home {home}")),
    "prefect-setup": (Example("prefect-setup --home {home} --source {source}", (1,), loopback=True),),
    "serve": (
        Example(
            "serve --home {home} --source {source} --port 4299", (0, 130, -2), loopback=True, seconds=SERVED_SECONDS
        ),
    ),
    "site": (Example("site --home {home}"),),
    "verify": (Example("verify --home {home}"),),
    "rebuild": (Example("rebuild --home {home} --into {out}/again --compare"),),
    "backup": (Example("backup --home {home} --to {out}/backups --drill"),),
    "restore": (Example("restore --from {out}/backups --home {out}/restored"),),
    "scan": (Example("scan --home {home}", (0, 4)),),
    "claims": (Example("claims --home {home}"),),
    "plan": (Example("plan 15.03 --home {home}"),),
    "trace": (Example("trace NPP1 --month 2025-03 --home {home}"),),
    "status": (Example("status --home {home}"),),
    "doctor": (Example("doctor --home {home} --config {config}", (0, 1, 4)),),
    "dictionary": (Example("dictionary coverage"),),
}


def commands(of: argparse.ArgumentParser, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command of a parser, such as `quarantine list`."""
    below = [one for one in of._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield " ".join(above)
    for one in below:
        for name, sub in one.choices.items():
            yield from commands(sub, (*above, name))


@dataclass(frozen=True)
class Scene:
    """The folders on which the commands are called."""

    place: Path

    def __post_init__(self) -> None:
        write(self.place / "source", two_months())
        (self.place / "out").mkdir()
        (self.place / "cakupan.toml").write_text(SETTINGS, encoding="utf-8")

    def words(self, example: Example) -> list[str]:
        """Return the words of a call on these folders."""
        known = {
            "source": self.place / "source", "home": self.place / "home", "new": self.place / "new", "out": self.place / "out",
            "config": self.place / "cakupan.toml", "rejected": REJECTED,
        }  # fmt: skip
        return [word.format(**known) for word in shlex.split(example.words)]

    def call(self, example: Example) -> list[str]:
        """Return what was wrong with a call: whom it tried to reach, or how it ended; nothing when all was well."""
        log = self.place / "trace"
        log.unlink(missing_ok=True)
        told = {
            "PREFECT_HOME": str(self.place / "prefect"), "PREFECT_API_URL": "", "PYTHONPATH": str(ROOT), "HOME": str(self.place),
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
        }  # fmt: skip
        command = [*prefix(log), sys.executable, "-m", "flows", *self.words(example)]
        if example.seconds:
            command = ["timeout", "--signal=INT", "--kill-after=60", str(example.seconds), *command]
        ended = subprocess.run(
            command,
            env=told,
            cwd=ROOT,
            input=example.typed,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        found = reached(log) - (LOOPBACK if example.loopback else set())
        wrong = [f"tried to reach {', '.join(sorted(found))}"] if found else []
        codes = (*example.codes, *((124,) if example.seconds else ()))
        if ended.returncode not in codes:
            wrong.append(f"ended with {ended.returncode}: {' '.join(ended.stderr.split())[-300:]}")
        if "strace" in prefix(log) and not log.exists():
            wrong.append("strace wrote nothing")
        return wrong


def sees_an_attempt(place: Path) -> bool:
    """Return whether a process that tries to reach somebody is seen trying, here."""
    log = place / "attempt"
    tries = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError: pass"
    subprocess.run([*prefix(log), sys.executable, "-c", tries], check=False, cwd=ROOT)
    return reached(log) == {"192.0.2.1"}


def main(words: Sequence[str] | None = None) -> int:
    """Call every command, or those that are named; 1 when one of them is not silent, 2 when nobody would notice."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("commands", nargs="*", metavar="COMMAND", help="only these, such as 'quarantine list'")
    asked.add_argument("--without", nargs="*", default=[], metavar="COMMAND", help="all but these")
    given = asked.parse_args(words)
    with TemporaryDirectory(prefix="cakupan-silent-") as name:
        place = Path(name)
        if not sees_an_attempt(place):
            print("not checked: strace may not trace here (make servers installs it)")
            return 2
        scene, wrong, calls = Scene(place), 0, 0
        first = EXAMPLES["run"]
        others = [
            one for path, several in EXAMPLES.items() if path != "run" for one in several if _is_wanted(path, given)
        ]
        for example in [*first, *others]:
            found = scene.call(example)
            calls, wrong = calls + 1, wrong + bool(found)
            print(
                f"{'FAIL' if found else 'ok  '} {example.words.split(' --')[0]}{': ' if found else ''}{'; '.join(found)}",
                flush=True,
            )
        told = len(list(commands(parser())))
        print(
            f"{calls} calls, {len({*EXAMPLES})} of {told} commands declared, {wrong} not silent; home {Home(place / 'home').current.exists()}"
        )
        return int(wrong > 0)


def _is_wanted(path: str, given: argparse.Namespace) -> bool:
    return path not in given.without and (not given.commands or path in given.commands)


if __name__ == "__main__":
    assert shutil.which("timeout")
    sys.exit(main())
