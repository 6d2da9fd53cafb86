"""Layouts that users declare under `[layouts.NAME]`, and constants that a source gives to its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flows.correctable import extract_of
from warehouse.layouts.layout import BareNames, Layout, Reshape, built_in


def _texts(given: Any) -> Any:
    """Return the values of a table as texts: a date or a number of TOML is written as the file would hold it."""
    if not isinstance(given, dict):
        return given
    written = (date, datetime, int)
    return {
        key: str(value) if isinstance(value, written) and not isinstance(value, bool) else value
        for key, value in given.items()
    }


Texts = Annotated[dict[str, str], BeforeValidator(_texts)]


class LayoutSettings(BaseModel):
    """A layout as `[layouts.NAME]` declares it; see `warehouse.layouts.Layout`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: str
    version: str = "1"
    recognised_by: tuple[str, ...] = ()
    aliases: dict[str, str] = Field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: Texts = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    bare_names: BareNames = ""
    reshape: Reshape = ""
    indicators: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    month: str = Field(default="", pattern=r"^(0[1-9]|1[0-2])?$")

    @model_validator(mode="after")
    def _speaks_of_its_kind(self) -> LayoutSettings:
        known = extract_of(self.kind).arriving()
        if self.reshape and "periode" not in known:
            raise ValueError(f"reshape: {self.kind} holds no figures of regions and periods")
        for where, names in (
            ("aliases", self.aliases.values()), ("values", self.values), ("constants", self.constants),
        ):  # fmt: skip
            for name in names:
                if name not in known:
                    near = get_close_matches(name, known, n=1)
                    raise ValueError(
                        f"{where}: {self.kind} has no column {name}" + (f" (did you mean {near[0]}?)" if near else "")
                    )
        return self


def layouts_of(declared: Mapping[str, LayoutSettings], kind: str | None) -> tuple[Layout, ...]:
    """Return the layouts that a file of a kind may have: the built-in ones and those declared for the kind."""
    own = (Layout.of(name, one.model_dump()) for name, one in declared.items() if one.kind == kind)
    return (*built_in(), *own)


def complaint(layout: str, declared: Mapping[str, LayoutSettings]) -> str:
    """Return why a source cannot have the layout of a name, with the nearest known one; empty when it can."""
    known = {*declared, *(one.name for one in built_in())}
    if not layout or layout in known:
        return ""
    near = get_close_matches(layout, known, n=1)
    return f"no layout is called {layout}" + (
        f" (did you mean {near[0]}?)" if near else f": {', '.join(sorted(known))}"
    )


def constants_in_name(pattern: str, name: str) -> dict[str, str]:
    """Return the values that the name of a file states, by the named groups of a pattern; none where it does not match."""
    found = re.search(pattern, PurePosixPath(name).name) if pattern else None
    return {key: value for key, value in found.groupdict().items() if value} if found else {}
