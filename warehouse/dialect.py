"""How a source writes its files: what must be declared because it cannot be read off safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CodeSystem = Literal["kemendagri", "bps"]


@dataclass(frozen=True)
class Dialect:
    """The declared way of writing of a source.

    An empty mark or format means: not declared. Then only texts with a single possible reading are read:
    `16800`, `16.800,00` and `16,800.00` are numbers, `16.800` is not; dates are YYYY-MM-DD, DD-MM-YYYY or
    DD/MM/YYYY; the separator is the one under which the header names the expected columns.
    """

    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    thousands: str = ""
    date_formats: tuple[str, ...] = ()
    code_system: CodeSystem = "kemendagri"
    header_row: int = 1
    aliases: Mapping[str, str] = field(default_factory=dict)
