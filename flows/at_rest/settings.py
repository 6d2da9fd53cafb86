"""The part of the settings that says how landed files lie when no load runs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.secret import Secret


class LandingSettings(BaseModel):
    """How landed files lie at rest, after how many days they are deleted, and where the key of encrypted ones is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    at_rest: Literal["kept", "encrypted", "deleted"] = "kept"
    keep_days: int | None = Field(default=None, ge=0, le=36_500)
    key: Secret | None = None

    @model_validator(mode="after")
    def _says_how_long(self) -> LandingSettings:
        if self.at_rest == "deleted" and self.keep_days is None:
            raise ValueError('at_rest = "deleted" needs keep_days: how many days a file is kept')
        if self.at_rest == "kept" and self.keep_days is not None:
            raise ValueError('keep_days deletes files: write at_rest = "deleted" or "encrypted" beside it')
        return self

    @property
    def deletes(self) -> bool:
        """Return whether files are deleted after some days."""
        return self.keep_days is not None
