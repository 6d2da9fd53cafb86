"""A layout: how a known kind of file names, writes and arranges what a kind of extract needs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any, Literal

BareNames = Literal["", "kabupaten"]
Reshape = Literal["", "flat", "wide"]


@dataclass(frozen=True)
class Layout:
    """A layout of one kind of extract, with its version.

    `recognised_by` are the headers by which a file is known to have it. `aliases` say which header stands for which
    arriving column, `dropped` which headers are known and never kept, `values` what a code of a column means,
    `constants` the value of a column for a whole file, `missing` the marks of an empty cell. With `bare_names` a name
    without kabupaten or kota is a kabupaten where both exist.

    A table with `reshape` becomes one row per figure: `flat` has a column with the year, `wide` has years in its
    header. `indicators` rename the figures, `columns` do so by the letter of a column ("" leaves it out), and `month`
    is the month of a survey whose header states only the year.
    """

    name: str
    kind: str
    version: str = "1"
    recognised_by: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    bare_names: BareNames = ""
    reshape: Reshape = ""
    indicators: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    month: str = ""

    @classmethod
    def of(cls, name: str, declared: Mapping[str, Any]) -> Layout:
        """Return the layout of a name as a file declares it; lists become tuples."""
        known = {one.name for one in fields(cls)}
        frozen: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in declared.items()
        }
        if strange := set(frozen) - known:
            raise ValueError(f"layout {name}: {', '.join(sorted(strange))}: no such key")
        return cls(name=name, **frozen)


@cache
def built_in() -> tuple[Layout, ...]:
    """Return the layouts that come with the package, by name."""
    files = sorted(resources.files("warehouse.layouts").iterdir(), key=lambda file: file.name)
    return tuple(
        Layout.of(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
        if file.name.endswith(".toml")
    )
