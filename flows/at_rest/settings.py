"""The part of the settings that says how landed files lie when no load runs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.secret import Secret


class LandingSettings(BaseModel):
    """How landed files lie at rest, how many days they are kept where they are deleted, and where their key is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    at_rest: Literal["kept", "encrypted", "deleted"] = "kept"
    keep_days: int = Field(default=400, ge=0, le=36_500)
    key: Secret | None = None
