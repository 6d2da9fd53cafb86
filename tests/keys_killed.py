"""The rotation of a key, killed with SIGKILL again and again: `python -m tests.keys_killed 200` prints what was found.

The real command runs in a process of its own and is killed at a random moment of the time that a whole rotation takes,
or within a hundredth of a second after the moment of the change. After every kill either key is whole, a load may come in between, and the last run
completes. At the end nothing of the old key is anywhere in the home, and every figure is what it was. While a rotation
runs its command line, environment and output are searched for the keys.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from flows.keys.lake_key import known
from flows.keys.places import pseudonyms, read
from flows.keys.switching import begun, decided
from tests.endtoend import ROOT, assert_same, every_version, load
from tests.extracts import write
from tests.keyed import people_in_four_tables, places_of, tokens
from tests.scanner import Words
from warehouse.home import Home

FULL_LOOKS = 20


@dataclass
class Tally:
    """What was killed when, and what was found wrong."""

    kills: int = 0
    before: int = 0
    after: int = 0
    rotations: int = 0
    loads_between: int = 0
    wrong: list[str] = field(default_factory=list)


def start(home: Path) -> subprocess.Popen[str]:
    """Return the running command."""
    command = [sys.executable, "-m", "flows", "key", "rotate", "--home", str(home)]
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAKUPAN_") or name == "CAKUPAN_DISCLOSURE_THRESHOLD"
    }
    return subprocess.Popen(command, cwd=ROOT, env=inherited, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def seen_of(process: int) -> str:
    """Return what others may see of a process: its command line; and what only its owner may: its environment."""
    try:
        return "".join(
            Path(f"/proc/{process}/{name}").read_bytes().decode("latin-1") for name in ("cmdline", "environ")
        )
    except OSError:
        return ""


def secrets_in(home: Path) -> list[str]:
    """Return the keys of a home, those that wait included, that are whole now."""
    found = []
    for path in (home / "keys").glob("[!.]*"):
        try:
            found.append(read(path).hex())
        except Exception:
            continue
    return found


def survive(scene: tuple[Path, Path], place: Path, seconds: float, dice: Random, tally: Tally, most: int) -> None:
    """Rotate the key of a home once, killed up to `most` times on the way, and look whether everything is as it should be."""
    home = shutil.copytree(scene[1], place, symlinks=True)
    old, stood, first = tokens(home), every_version(Home(home).warehouse), secrets_in(home)
    said, told = "", set(first)
    for _ in range(most):
        running = start(home)
        marked, limit = dice.random() < 0.4, time.monotonic() + dice.uniform(0.15, 1.1) * seconds
        while running.poll() is None and (decided(Home(home)) is None if marked else time.monotonic() < limit):
            said = said if marked else said + seen_of(running.pid)
            time.sleep(0.0005 if marked else 0.01)
        time.sleep(dice.uniform(0, 0.01) if marked else 0)
        running.send_signal(signal.SIGKILL)
        said += "".join(running.communicate())
        told |= set(secrets_in(home))
        if running.returncode != -signal.SIGKILL:
            break
        tally.kills += 1
        if decided(Home(home)):
            tally.after += 1
        elif (made := known(Home(home))) is not None and made.number > 1:
            tally.after += 1
            break
        elif tokens(home) != old:
            tally.wrong.append(f"{place.name}: a half-rotated lake without a marker")
        else:
            tally.before += 1
        if dice.random() < 0.15:
            tally.loads_between += 1
            if load(scene[0], home)["months_loaded"]:
                tally.wrong.append(f"{place.name}: a load in between computed a month again")
    for _ in range(2):
        last = start(home)
        said += "".join(last.communicate())
        made = known(Home(home))
        if made is not None and made.number > 1:
            break
    tally.rotations += 1
    _look(home, old, stood, said, sorted(told), tally)


def _look(home: Path, old: set[bytes], stood: object, said: str, secrets: list[str], tally: Tally) -> None:
    made, name = known(Home(home)), home.name
    wrong = {
        "the number of the key is still 1": made is None or made.number < 2,
        "the key in use is not the lake's": made is None or pseudonyms(Home(home))[0].fingerprint() != made.id,
        "a folder of a rotation is left": bool(begun(Home(home)) or decided(Home(home))),
        "an old token is left": bool(places_of(home, old)),
        "the number of persons is another": len(tokens(home)) != len(old),
        "a key was seen": any(secret in said for secret in secrets),
    }
    try:
        assert_same(every_version(Home(home).warehouse), stood)  # type: ignore[arg-type]
    except AssertionError:
        wrong["a figure is another"] = True
    if tally.rotations <= FULL_LOOKS:
        gone = [secret for secret in secrets if secret not in secrets_in(home)]
        some = [token.hex() for token in sorted(old)[:5]]
        wrong["an old key or token is left in some form"] = bool(Words([*gone, *some]).in_folder(home))
    tally.wrong += [f"{name}: {what}" for what, is_so in wrong.items() if is_so]


def main(kills: int) -> int:
    """Return 0 when so many kills did no harm, after printing what was found."""
    tally, dice = Tally(), Random(31)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        scene = write(place / "source", people_in_four_tables()), place / "before"
        load(*scene)
        begun_at = time.monotonic()
        shutil.copytree(scene[1], place / "timed", symlinks=True)
        start(place / "timed").communicate()
        seconds = time.monotonic() - begun_at
        number = 0
        while tally.kills < kills:
            number += 1
            home = place / f"home-{number}"
            survive(scene, home, seconds, dice, tally, min(6, kills - tally.kills))
            shutil.rmtree(home)
            print(f"{tally.kills} kills, {tally.rotations} rotations, wrong: {tally.wrong}", file=sys.stderr)
    print(
        f"{tally.kills} SIGKILLs in {tally.rotations} rotations ({tally.before} before the marker, {tally.after} after it),"
        f" {tally.loads_between} loads in between: {len(tally.wrong)} wrong"
    )
    print("\n".join(tally.wrong))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
