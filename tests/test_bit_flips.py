"""A few flipped bits in every kind of file, as `python -m tests.bit_flips` flips a thousand."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from tests.bit_flips import LOOKS, flip_bits
from tests.conftest import Loaded
from warehouse.home import Home


def test_every_flipped_bit_is_noticed_before_use(loaded_home: Loaded, tmp_path: Path) -> None:
    home = Home(shutil.copytree(loaded_home[0], tmp_path / "home", symlinks=True))
    noticed, missed = flip_bits(home, 2 * len(LOOKS), Random(7))
    assert (sum(noticed.values()), missed) == (2 * len(LOOKS), [])
