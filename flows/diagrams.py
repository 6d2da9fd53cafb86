"""The diagrams as files: entities and lineage, written beside the dictionary."""

from __future__ import annotations

from pathlib import Path

from flows.lineage_drawing import lineage
from warehouse.drawing.entities import entities


def write_diagrams(folder: Path) -> list[Path]:
    """Return the diagrams written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {folder / "entities.svg": entities(), folder / "lineage.svg": lineage()}
    for file, text in drawn.items():
        file.write_text(text, encoding="utf-8")
    return list(drawn)
