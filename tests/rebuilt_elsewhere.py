"""`python -m tests.rebuilt_elsewhere`: what was published, made again from landing by somebody else, somewhere else.

A home of three nights is made: months restated, rows rejected, a version taken back. Its landing, journals and key alone are
given to another UNIX user, who rebuilds it under another version of Python, with the files of every run in the opposite order,
one thread, another time zone and another language. Every cell of every published table must be the same; and the same comparison
must tell the home from the one it was a night before. What this machine does not have for it is said; the rest is done
without, and ends with 2.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.keeping.comparing import compare
from flows.keeping.rebuilding import rebuild
from flows.settings import Settings
from tests.endtoend import ROOT
from tests.extracts import Files, two_months
from tests.timeline import CLOSED, MID, WORKFORCE, bills, employers, load_on, members
from warehouse.home import Home
from warehouse.published import roll_back

NIGHTS: tuple[tuple[date, Files], ...] = (
    (date(2025, 5, 1), two_months()),
    (
        date(2025, 5, 8),
        WORKFORCE | members(MID, 20) | members(CLOSED, 30) | bills(CLOSED, 84_000) | employers(CLOSED, 30),
    ),
    (date(2025, 5, 15), members(CLOSED, 33) | bills(CLOSED, 60_000)),
)
KEPT = ("landing", "keys", "ledger.jsonl")
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"}
UNABLE = 2


def nights(folder: Path, files: int = len(NIGHTS)) -> Home:
    """Return a home after its first nights; what the second published was taken back."""
    home, offered = Home(folder / "home"), Files()
    for night, (day, news) in enumerate(NIGHTS[:files]):
        offered |= news
        load_on(day, offered, folder / "source", home.root, without=())
        if night == 1:
            roll_back(home.published, reason="for the sake of the history")
    return home


def handed_over(home: Home, place: Path, user: str) -> Home:
    """Return a copy of what a rebuild is made from, which belongs to `user`."""
    place.mkdir()
    for name in KEPT:
        source = home.root / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, place / name)
    owner = pwd.getpwnam(user)
    for path in (place, *place.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return Home(place)


def command(given: Namespace, old: Path, new: Path) -> list[str]:
    """Return the command by which the other user rebuilds."""
    other = pwd.getpwnam(given.user)
    rights = ["--clear-groups", "--no-new-privs", "--inh-caps=-all"]
    who = ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", *rights]
    is_other = other.pw_uid != os.geteuid()
    return [*(who if is_other else []), given.python, "-m", "tests.rebuilt_elsewhere", "--again", str(old), str(new)]


def elsewhere(given: Namespace, home: Home, folder: Path) -> Home:
    """Return the home that the other user made."""
    other = folder / "elsewhere"
    other.mkdir(mode=0o755)
    shutil.chown(other, given.user)
    folder.chmod(0o755)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {
        **os.environ,
        **ELSEWHERE,
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(other),
        "TMPDIR": str(other),
    }
    old = handed_over(home, other / "old", given.user)
    subprocess.run(command(given, old.root, other / "new"), cwd=other, env=environment, check=True)
    return Home(other / "new")


def reduced(given: Namespace) -> list[str]:
    """Return what the machine lacks for the whole check, each as a sentence; `given` is made to do without."""
    found = []
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        found.append("another user: only root may become one, with setpriv (util-linux)")
        given.user = pwd.getpwuid(os.geteuid()).pw_name
    told = subprocess.run([given.python, "-c", VERSION], capture_output=True, text=True, check=False)
    if told.returncode:
        found.append(f"another Python: {given.python} does not run")
        given.python = sys.executable
    elif told.stdout.split() == [f"{sys.version_info.major}.{sys.version_info.minor}"]:
        found.append(f"another Python: {given.python} is {told.stdout.strip()} too; name one with --python")
    return found


VERSION = "import sys; print(f'{sys.version_info.major}.{sys.version_info.minor}')"


def main(words: Sequence[str] | None = None) -> int:
    """Run the check, or with --again the part of the other user; 1 when a cell differs, 2 when the machine lacked something."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="another Python that has the locked packages")
    parser.add_argument("--user", default="nobody")
    parser.add_argument("--again", nargs=2, metavar=("OLD", "NEW"), type=Path)
    given = parser.parse_args(words)
    if given.again:
        old, new = map(Home, given.again)
        rebuild(old, new, Settings(), print, backwards=True)
        print(f"python {sys.version.split()[0]}, user {pwd.getpwuid(os.geteuid()).pw_name}, {os.environ.get('TZ')}")
        return 0
    lacks = reduced(given)
    for lack in lacks:
        print(f"not checked: {lack}")
    with TemporaryDirectory(prefix="cakupan-rebuilt-") as name:
        folder = Path(name)
        (folder / "before").mkdir()
        home = nights(folder)
        made = elsewhere(given, home, folder)
        found = compare(home, made)
        for one in found:
            print(f"{one.state.value:6} {one.what}: {one.seen}")
        earlier = [one for one in compare(nights(folder / "before", 1), made) if one.fatal]
        print(f"held to the home of another night, {len(earlier)} tables differ")
        owners = {path.owner() for path in made.root.rglob("*")}
        print(f"what was made belongs to {', '.join(owners)}")
        differs = any(one.fatal for one in found) or not earlier or owners != {given.user}
        return 1 if differs else UNABLE if lacks else 0


if __name__ == "__main__":
    sys.exit(main())
