"""The part of the settings that says how small a count may be that is published."""

from __future__ import annotations

import os

from pydantic import BaseModel, ConfigDict, Field, model_validator

THRESHOLD_ENV, DEFAULT_THRESHOLD = "CAKUPAN_DISCLOSURE_THRESHOLD", "10"


class DisclosureSettings(BaseModel):
    """What the published copy leaves out: counts of persons below `threshold`, which stay uncertain by at least `width`.

    A count that is shown bounds its parts in later months, which would be too narrow if `width` were above `threshold`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    threshold: int = Field(
        default_factory=lambda: int(os.environ.get(THRESHOLD_ENV, DEFAULT_THRESHOLD)), ge=1, le=1_000
    )
    width: int = Field(default=10, ge=1, le=1_000)

    @model_validator(mode="after")
    def _shown_counts_are_wide_enough(self) -> DisclosureSettings:
        if 1 < self.threshold < self.width:
            raise ValueError("width is above threshold: a count between them would bound the hidden ones beside it")
        return self
