"""Cakupan itself: `cakupan run --plain` into a new home, with everything it does besides."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli import main


def load(source: Path, out: Path, settings: str = "") -> int:
    """Return 0 when the extracts of `source` were loaded, with or without rejected rows; the home lies in `out`."""
    config = out / "cakupan.toml"
    config.write_text(settings, encoding="utf-8")
    told = ["run", "--plain", "--json", "--source", source, "--home", out / "home", "--config", config]
    return 0 if main(list(map(str, told))) in (0, 3) else 1


if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:3])
    sys.exit(load(source, out))
