"""The part of the settings that says how small a count may be that is published."""

from __future__ import annotations

import os

from pydantic import BaseModel, ConfigDict, Field, model_validator

from warehouse.errors import Stop

THRESHOLD_ENV, DEFAULT_THRESHOLD = "CAKUPAN_DISCLOSURE_THRESHOLD", "10"
MOST = 1_000


def _of_environment() -> int:
    """Return the threshold where no settings state one. Raises Stop unless it is a whole number from 1."""
    told = os.environ.get(THRESHOLD_ENV, DEFAULT_THRESHOLD)
    if told.isascii() and told.isdigit() and 1 <= int(told) <= MOST:
        return int(told)
    en, id = (
        f"{THRESHOLD_ENV} is no whole number from 1 to {MOST}",
        f"{THRESHOLD_ENV} bukan bilangan bulat 1 sampai {MOST}",
    )
    raise Stop("settings_wrong", en, id, "take it out of the environment, or see docs/disclosure.md")


class DisclosureSettings(BaseModel):
    """What the published copy leaves out: counts of persons below `threshold`, which stay uncertain by at least `width`.

    A count that is shown bounds its parts in later months, which would be too narrow if `width` were above `threshold`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    threshold: int = Field(default_factory=_of_environment, ge=1, le=MOST)
    width: int = Field(default=10, ge=1, le=MOST)

    @model_validator(mode="after")
    def _shown_counts_are_wide_enough(self) -> DisclosureSettings:
        if 1 < self.threshold < self.width:
            raise ValueError("width is above threshold: a count between them would bound the hidden ones beside it")
        return self
