"""The parts of the settings that say how much one file may ask for, and what a load checks of itself."""

from __future__ import annotations

from pydantic import BaseModel, ByteSize, ConfigDict, Field, field_serializer

from warehouse.reading import Limits

DEFAULT = Limits()


class ChecksSettings(BaseModel):
    """What a load checks of its own figures before it publishes them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    second_engine: bool = True


class LimitsSettings(BaseModel):
    """How much one file may ask for; see `warehouse.reading.Limits`. Sizes are bytes, or texts such as "2GiB"."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    expansion: int = Field(default=DEFAULT.expansion, ge=2)
    unpacked_bytes: ByteSize = Field(default=ByteSize(DEFAULT.unpacked_bytes), ge=1)
    line_bytes: ByteSize = Field(default=ByteSize(DEFAULT.line_bytes), ge=1_000)
    columns: int = Field(default=DEFAULT.columns, ge=1, le=16_384)
    cells: int = Field(default=DEFAULT.cells, ge=1)
    sheets: int = Field(default=DEFAULT.sheets, ge=1)
    memory_bytes: ByteSize = Field(default=ByteSize(DEFAULT.memory_bytes), ge=64 << 20)
    seconds: int = Field(default=DEFAULT.seconds, ge=1)

    @field_serializer("unpacked_bytes", "line_bytes", "memory_bytes", when_used="json")
    def _spelt(self, size: ByteSize) -> str:
        return size.human_readable(separator=" ")

    def as_limits(self) -> Limits:
        """Return the limits as reading takes them."""
        return Limits(**{name: int(value) for name, value in self.model_dump().items()})
