"""What the flows are asked: paths, months and codes of regions, never data or secrets. The form in Prefect is made from it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Month = Annotated[
    str,
    Field(
        pattern=r"^20\d\d-(0[1-9]|1[0-2])$",
        title="Bulan / month",
        description="YYYY-MM, misalnya / such as 2025-03.",
        examples=["2025-03"],
    ),
]
Months = Annotated[
    str,
    Field(
        pattern=r"^20\d\d-(0[1-9]|1[0-2])(\.\.20\d\d-(0[1-9]|1[0-2]))?$",
        title="Bulan / months",
        description="YYYY-MM, atau dari..sampai. / YYYY-MM, or FROM..TO.",
        examples=["2025-03", "2024-01..2025-03"],
    ),
]
Region = Annotated[str, Field(pattern=r"^\d\d(\.\d\d)?$", title="Kode / code", examples=["15", "15.03"])]

REGIONS: Any = Field(
    default_factory=list,
    title="Wilayah / regions",
    description=(
        "Kode provinsi atau kabupaten/kota; berkas wilayah lain tidak diambil. Kosong berarti semua."
        " / Codes of provinces or regencies; files of others are not taken in. Empty means all."
    ),
)


class Place(BaseModel):
    """Which warehouse is meant, and by which settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    home: str = Field(
        title="Folder gudang / home folder",
        description="Folder tempat gudang data berada, di mesin worker. / The folder of the warehouse, on the worker's machine.",
        min_length=1,
    )
    config: str | None = Field(
        default=None,
        title="Berkas pengaturan / settings file",
        description="Path ke cakupan.toml; kosong berarti bawaan. / Path of cakupan.toml; empty means the defaults.",
    )


class Sources(Place):
    """Which warehouse is loaded, and from where."""

    source: str | None = Field(
        default=None,
        title="Folder berkas / folder of extracts",
        description="Kosong berarti sumber dengan url di cakupan.toml. / Empty means the sources with a url in cakupan.toml.",
    )


class Nightly(Sources):
    """What a night loads."""

    month: Months | None = Field(
        default=None,
        title="Hanya bulan ini / these months only",
        description="Kosong berarti semua bulan yang berubah. / Empty means every month that changed.",
    )
    regions: list[Region] = REGIONS
    wait_minutes: float = Field(
        default=0,
        ge=0,
        title="Menunggu, menit / wait, minutes",
        description="Tunggu proses muat lain selama ini. / Wait so long for another load to end.",
    )


class MonthClose(Sources):
    """The month that is closed."""

    month: Month | None = Field(
        default=None,
        title="Bulan yang ditutup / month to close",
        description="Kosong berarti bulan yang iurannya terakhir jatuh tempo. / Empty means the month that fell due last.",
    )


class Backfill(Sources):
    """The months that are loaded again or for the first time, the oldest first."""

    first: Month = Field(alias="from", title="Dari bulan / from month", description="Bulan pertama. / The first month.")
    last: Month = Field(alias="to", title="Sampai bulan / to month", description="Bulan terakhir. / The last month.")
    regions: list[Region] = REGIONS
