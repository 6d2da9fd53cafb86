"""What the columns of a dataset mean: in the words of the view that declares them, or of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import warehouse.views  # noqa: F401  (declares every view)
from warehouse import ddl
from warehouse import vocabulary as v
from warehouse.schema import Column
from warehouse.view import View

SECTOR_NAME = {"sector_name": Column(v.TEXT, "KBLI section, code and name.", "text", label_id="Lapangan usaha")}
STEP = {
    "step": Column(v.TEXT, "Part of the change, in order.", "text", label_id="Langkah"),
    "workers": v.persons("Workers of the step; negative when they went.", "Pekerja").but(minimum=None),
}
OUR_RATIO = {"our_ratio": View.views["mart.claim_check"].columns["our_ratio"].but(label_id="Cakupan kami")}
FINDING = {
    "finding": Column(v.TEXT, "Finding about an employer.", "text", label_id="Temuan"),
    "employers": v.count("Employers with the finding; an employer may have several.", "employers", "Pemberi kerja"),
}


@dataclass(frozen=True)
class Described:
    """A column of a dataset: its name and its declaration."""

    name: str
    column: Column

    @property
    def sql_type(self) -> str:
        """Return the type in DuckDB."""
        return ddl.SQL_TYPES[self.column.dtype]

    @property
    def label(self) -> str:
        """Return the Indonesian label, with the currency where it is rupiah."""
        return f"{self.column.label_id} (Rp)" if self.column.unit.startswith("rupiah") else self.column.label_id

    @property
    def about(self) -> str:
        """Return the English label and what a reader must know."""
        comment = ddl.column_comment(self.column)
        return f"{self.column.label_en}. {comment}" if self.column.label_en else comment

    @property
    def may_be_hidden(self) -> bool:
        """Return whether cells of it may be hidden, so that a sum leaves them out."""
        return self.column.exposure is not None and self.column.exposure.kind in ("counted", "follows")

    @property
    def is_measure(self) -> bool:
        """True when the column holds numbers that are shown and not only grouped by."""
        counted = self.sql_type in ("BIGINT", "DOUBLE", "INTEGER")
        return counted and not self.column.key and self.column.unit not in ("year", "code")


def describe(view: str, shows: tuple[str, ...], own: Mapping[str, Column]) -> list[Described]:
    """Return the columns of the view that `shows` names, all where it names none, and then those of its `own`."""
    declared = View.views[view].columns
    columns = {name: declared[name] for name in shows or declared} | dict(own)
    return [Described(name, column) for name, column in columns.items()]
