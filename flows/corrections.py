"""The entries of `corrections.toml`: typed, checked against the declaration of their kind, with a cure for every mistake."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from flows.correctable import column_of, extract_of, form_of, is_of, require_condition
from flows.forms import AnyFile
from warehouse.corrections import Action, Correction
from warehouse.schema import Column, Extract, Parse

SLUG = r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$"
AS_LONG_AS_A_NIK = re.compile(r"\d{16}")
MOST_FACTOR = 1_000_000_000


class CorrectionEntry(BaseModel):
    """One `[[correction]]`; see docs/corrections.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=SLUG, max_length=40)
    kind: str
    action: Action
    where: str = Field(min_length=1)
    among: str = ""
    files: AnyFile = ""
    first_day: date | None = Field(default=None, alias="from")
    last_day: date | None = Field(default=None, alias="until")
    column: str = ""
    value: StrictBool | StrictInt | date | StrictStr | None = None
    numerator: StrictInt | None = Field(default=None, ge=1, le=MOST_FACTOR)
    denominator: StrictInt | None = Field(default=None, ge=1, le=MOST_FACTOR)
    reason_id: str = Field(min_length=1)
    reason_en: str = Field(min_length=1)
    citation: str = Field(min_length=1)
    expect_rows_min: int = Field(default=1, ge=1)
    expect_rows_max: int | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> CorrectionEntry:
        table = extract_of(self.kind)
        for text in (self.where, self.among, str(self.value), self.reason_id, self.reason_en, self.citation):
            if AS_LONG_AS_A_NIK.search(text):
                raise ValueError(f"{self.id}: a number of 16 digits may be a NIK: no personal value stands in settings")
        self._require_keys_of_action()
        self._require_days(table)
        if self.expect_rows_max is not None and self.expect_rows_max < self.expect_rows_min:
            raise ValueError(f"{self.id}: expect_rows_max is below expect_rows_min")
        for key in ("where", "among"):
            if text := getattr(self, key):
                require_condition(table, text, f"{self.id}: {key}")
        if self.column:
            self._require_value(column_of(table, self.column, self.id))
        return self

    def _require_keys_of_action(self) -> None:
        needed = {"override": {"column", "value"}, "scale": {"column", "numerator", "denominator"}}.get(
            self.action, set()
        )
        given = self.model_fields_set & {"column", "value", "numerator", "denominator"}
        if given != needed:
            wanted = " and ".join(sorted(needed)) or "neither column nor value"
            raise ValueError(f"{self.id}: {self.action} takes {wanted}")
        if self.numerator is not None and self.numerator == self.denominator:
            raise ValueError(f"{self.id}: numerator and denominator are the same: nothing would change")

    def _require_days(self, table: type[Extract]) -> None:
        if "as_of_date" not in table.columns:
            if self.first_day or self.last_day:
                raise ValueError(f"{self.id}: {self.kind} has no tgl_data: leave out from and until")
        elif self.first_day is None:
            raise ValueError(f"{self.id}: from is missing: the first tgl_data for which the correction holds")
        elif self.last_day and self.last_day < self.first_day:
            raise ValueError(f"{self.id}: until is before from")

    def _require_value(self, column: Column) -> None:
        where = f"{self.id}: value of {column.name}"
        if self.action == "scale":
            if column.parse is not Parse.WHOLE:
                raise ValueError(f"{self.id}: {column.name} is no whole number: it cannot be scaled")
        elif self.value == "":
            if column.required:
                raise ValueError(f"{where}: it may not be empty")
        elif not is_of(column, self.value):
            raise ValueError(f"{where}: expected {form_of(column)}")

    def correction(self) -> Correction:
        """Return the correction that the entry declares."""
        return Correction(
            self.id, self.kind, self.action, self.where, self.reason_id, self.reason_en, self.citation, self.among,
            self.column, None if self.value == "" else self.value, self.numerator or 1, self.denominator or 1,
            self.files, self.first_day, self.last_day, self.expect_rows_min, self.expect_rows_max,
        )  # fmt: skip

    def covers(self, kind: str, name: str) -> bool:
        """Return whether files of this kind and name are its business."""
        return self.kind == kind and (not self.files or PurePosixPath(name).match(self.files))


class CorrectionsFile(BaseModel):
    """The file that holds the corrections."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    correction: tuple[CorrectionEntry, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> CorrectionsFile:
        ids = [one.id for one in self.correction]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"{', '.join(twice)}: the id stands twice")
        return self
