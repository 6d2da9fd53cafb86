"""What is watched, and who is told: the part `[watch]` of the settings."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.secret import Secret

WatchedKind = Literal["kepesertaan", "iuran", "badan_usaha", "klaim", "tk_baru"]


class WatchSettings(BaseModel):
    """When deliveries are due, how much change is strange, and where messages go.

    The files of a month are due on `due_day` of the next one at `due_hour`, Jakarta time, of every kind in `kinds` that
    was ever delivered. Changes are fractions of the month before. A load is missed when none began for `run_hours`. What
    lasts is told again after `remind_hours`. `notify` are Apprise URLs, secrets like all others;
    `metrics_folder` is where Prometheus' textfile collector reads, the home without one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kinds: tuple[WatchedKind, ...] = ("kepesertaan", "iuran", "badan_usaha", "klaim")
    due_day: int = Field(default=10, ge=1, le=28)
    due_hour: int = Field(default=6, ge=0, le=23)
    volume_change: float = Field(default=0.3, gt=0)
    rejected_rise: float = Field(default=0.02, gt=0, le=1)
    coverage_change: float = Field(default=0.15, gt=0)
    remind_hours: float = Field(default=20, gt=0)
    run_hours: float = Field(default=26, gt=0)
    notify: tuple[Secret, ...] = ()
    metrics_folder: str = ""
