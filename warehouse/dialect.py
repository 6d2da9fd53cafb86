"""How a source writes its files: what must be declared because it cannot be read off safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from warehouse.layouts.layout import BareNames, Layout, built_in

CodeSystem = Literal["kemendagri", "bps"]


@dataclass(frozen=True)
class Dialect:
    """The declared way of writing of a source.

    An empty mark or format means: not declared. Then only texts with a single possible reading are read:
    `16800`, `16.800,00` and `16,800.00` are numbers, `16.800` is not; dates are YYYY-MM-DD, DD-MM-YYYY or
    DD/MM/YYYY; the separator is the one under which the header names the expected columns.

    The header begins on line `header_row` and has `header_rows` lines; with 0 every line is data. `footer_rows` lines
    at the end are left out, and so is every line whose first cell the regular expression `footer` finds. `sheet` is
    the name or the number of a sheet, `*` for every sheet; `member` is the file meant in a zip archive of several.

    `layout` names one of `layouts`; without it the one that fits is taken. `constants` are values that a whole file has,
    `missing` marks of an empty cell, and `bare_names` says that a name without kabupaten or kota is never a kota.
    """

    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    thousands: str = ""
    date_formats: tuple[str, ...] = ()
    code_system: CodeSystem = "kemendagri"
    header_row: int = 1
    header_rows: int = 1
    footer_rows: int = 0
    footer: str = ""
    sheet: str = ""
    member: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    layout: str = ""
    layouts: tuple[Layout, ...] = field(default_factory=built_in)
    constants: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    bare_names: BareNames = ""

    @cached_property
    def text(self) -> str:
        """Return all of it as a text: the same for the same way of writing."""
        return repr(self)
