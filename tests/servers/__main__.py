"""`python -m tests.servers`: the programs of real servers that tests start are on this machine afterwards, or it says
which packages hold them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from tests import tracing
from tests.faults import shim
from tests.servers import openssh, postgresql

Needed = Mapping[str, Callable[[], object]]
NEEDED: Needed = {
    "openssh-server": openssh.sshd,
    "postgresql": postgresql.programs,
    "strace": tracing.strace,
    "gcc": shim.gcc,
}
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")


def main() -> int:
    """Return 0 when every program is there."""
    return provide(NEEDED)


def provide(needed: Needed) -> int:
    """Return 0 when every program is there, installed where apt-get may; else 1, and say which packages hold them."""
    if (missing := absent(needed)) and shutil.which(APT[0]) and os.geteuid() == 0:
        print(f"installing {' '.join(missing)}", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "--yes", "--no-install-recommends", *missing)):
            subprocess.run([*APT, *words], env=quiet, stdout=sys.stderr, check=False)
        missing = absent(needed)
    if missing:
        print(f"install these packages, tests start what they hold: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


def absent(needed: Needed) -> list[str]:
    """Return the packages whose programs this machine does not have, by the names they have in Debian."""
    return [package for package, find in needed.items() if not _finds(find)]


def _finds(find: Callable[[], object]) -> bool:
    try:
        find()
    except (RuntimeError, AssertionError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
