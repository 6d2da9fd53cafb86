"""Cakupan under a ceiling of 1.5 GiB: the same as `ours`, with that in its settings."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.engines.ours import load

if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:3])
    sys.exit(load(source, out, 'memory = "1.5GiB"\n'))
