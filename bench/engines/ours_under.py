"""Cakupan under a ceiling of 1.5 GiB: the same as `ours`, with that in its settings."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli import main

if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:3])
    config = out / "cakupan.toml"
    config.write_text('memory = "1.5GiB"\n', encoding="utf-8")
    told = ["run", "--plain", "--json", "--source", source, "--home", out / "home", "--config", config]
    sys.exit(0 if main(list(map(str, told))) in (0, 3) else 1)
