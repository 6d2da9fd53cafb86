"""Collections of broken files that others keep, read as extracts: each gives what it says, or an error with a name."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "CAKUPAN_CORPORA"


def folder() -> Path:
    """Return where the collections lie: CAKUPAN_CORPORA, or `shared/data/corpora` beside the checkout."""
    beside = Path(__file__).parents[2].parent / "shared" / "data" / "corpora"
    return Path(os.environ.get(VARIABLE) or beside)
