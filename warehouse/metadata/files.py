"""The metadata as files: the text of each by name, for a command to write or for a published version to hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.metadata import dcat, indicators, variables
from warehouse.metadata.dcat import Extent
from warehouse.metadata.terms import Terms
from warehouse.spreadsheet_writer import Sheet, csv_text, write_xlsx

MS_IND, MS_VAR, DCAT = "ms-ind", "ms-var", "dcat.jsonld"


def texts(terms: Terms, extent: Extent) -> dict[str, str]:
    """Return the text of every metadata file by its name: both forms as CSV and JSON, and DCAT."""
    found = {DCAT: _json(dcat.catalogue(terms, extent))}
    for name, headings, rows, records in _forms(terms):
        found |= {f"{name}.csv": csv_text(headings, rows), f"{name}.json": _json(records)}
    return dict(sorted(found.items()))


def write(folder: Path, terms: Terms, extent: Extent) -> list[Path]:
    """Return the files written into `folder`: those of `texts`, and both forms as workbooks too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts(terms, extent).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    for name, headings, rows, _ in _forms(terms):
        write_xlsx(folder / f"{name}.xlsx", [Sheet(name.upper(), headings, rows)])
    return sorted(folder / name for name in (*texts(terms, extent), f"{MS_IND}.xlsx", f"{MS_VAR}.xlsx"))


def extent_of(descriptor: Mapping[str, Any]) -> Extent:
    """Return what the Data Package descriptor of a published version says of it: its name and its files."""
    files = {one["path"]: (one["bytes"], one["hash"].removeprefix("sha256:")) for one in descriptor["resources"]}
    return Extent(version=descriptor["version"], files=files)


def _forms(terms: Terms) -> list[tuple[str, tuple[str, ...], list[list[str]], list[dict[str, Any]]]]:
    indicator, variable = indicators.indicators(terms), variables.variables(terms)
    return [
        (MS_IND, indicators.HEADINGS, indicators.form(indicator), indicator),
        (MS_VAR, variables.HEADINGS, variables.form(variable), variable),
    ]


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
