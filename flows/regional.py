"""Whose file a file is, as its name tells."""

from __future__ import annotations

import re
from collections.abc import Collection

from flows.planning import MONTH_IN_NAME

CODE_IN_NAME = re.compile(r"(?<!\d)(\d\d)(?:\.?(\d\d))?(?!\d)")


def is_of(name: str, regions: Collection[str]) -> bool:
    """Return whether a file may hold rows of the regions; one whose name tells no code may hold any.

    A province holds its regencies, and the file of a province holds those of each of its regencies.
    """
    told = [".".join(filter(None, found)) for found in CODE_IN_NAME.findall(MONTH_IN_NAME.sub("", name))]
    return not regions or not told or any(_meet(code, region) for code in told for region in regions)


def _meet(code: str, region: str) -> bool:
    shorter, longer = sorted((code, region), key=len)
    return longer.startswith(shorter)
