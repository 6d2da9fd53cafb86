"""Cakupan itself: `cakupan run --plain` into a new home, with everything it does besides."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli import main

if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:3])
    sys.exit(
        0 if main(["run", "--plain", "--json", "--source", str(source), "--home", str(out / "home")]) in (0, 3) else 1
    )
