"""The dimensions: regions, months and the code lists, all from seeds or the calendar."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

OPTIONAL_DATE = Column(v.DATE, "", "date", nullable=True)


def text(description: str, label_id: str, unit: str = "text", *, nullable: bool = False) -> Column:
    """Return a text column."""
    return Column(v.TEXT, description, unit, label_id=label_id, nullable=nullable)


def number(description: str, unit: str, label_id: str) -> Column:
    """Return an optional decimal number."""
    return Column(pl.Float64(), description, unit, label_id=label_id, nullable=True, additive=False)


def part(description: str, unit: str, label_id: str) -> Column:
    """Return a part of the calendar."""
    return Column(pl.Int32(), description, unit, label_id=label_id, additive=False)


NAME_ID = text("Name in Indonesian.", "Nama")
NAME_EN = text("Name in English.", "Nama (Inggris)")


class DimRegion(Table, layer="mart", name="dim_region", grain="one row per region of today", seed="regions.csv"):
    """Regencies, provinces and the nation under today's Home Ministry codes."""

    region_code = v.REGION_CODE
    level = Column(v.TEXT, "regency, province or national.", "code", label_id="Tingkat", values=v.LEVELS)
    name_ = text("Name of the region.", "Nama")
    kind = text("kabupaten, kota, provinsi or negara.", "Jenis", "code")
    province_code = text("Code of its province; the nation has none.", "Kode provinsi", "code", nullable=True)
    province_name = text("Name of its province.", "Provinsi", nullable=True)
    bps_code = text("Code of the statistics office (frame of 2020).", "Kode BPS", "code", nullable=True)
    latitude = number("Latitude of its centre.", "degrees", "Lintang")
    longitude = number("Longitude of its centre.", "degrees", "Bujur")
    area_km2 = number("Area.", "km2", "Luas wilayah")
    population = v.count("Population of 2025.", "persons", "Penduduk", nullable=True).but(additive=False)
    valid_from = OPTIONAL_DATE.but(description="First day of the code, where known.", label_id="Berlaku sejak")
    valid_to = OPTIONAL_DATE.but(description="Last day of the code; empty while it stands.", label_id="Berlaku sampai")


class DimRegionCode(
    Table, layer="mart", name="dim_region_code", grain="one row per system, edition and code", seed="region_codes.csv"
):
    """Every old and foreign code and name, and today's region it stands for."""

    system = text("kemendagri, bps or name.", "Sistem kode", "code").but(key=True)
    edition = text("Edition of the code book.", "Edisi", "year").but(key=True)
    code = text("The code or name as printed.", "Kode", "code").but(key=True)
    region_code = v.REGION_CODE.but(key=False)


class DimMonth(Table, layer="mart", name="dim_month", grain="one row per month", comes_from="calendar"):
    """Months with their due dates."""

    month = v.MONTH
    year = part("Calendar year.", "year", "Tahun")
    quarter = part("Quarter, 1 to 4.", "number", "Triwulan")
    semester = part("Half of the year, 1 or 2.", "number", "Semester")
    name_id = NAME_ID
    name_en = NAME_EN
    due_date = Column(
        v.DATE, "Last day to pay the month's contribution on time: the due day of the law, or the next working day.", "date",
        label_id="Jatuh tempo",
        source="core.contribution_parameter, holidays library",
    )  # fmt: skip


class DimSegment(Table, layer="mart", name="dim_segment", grain="one row per segment scope", seed="segments.csv"):
    """Membership segments and the scopes that combine them."""

    segment = v.SCOPE
    name_id = NAME_ID
    name_en = NAME_EN
    description_ = text("What it covers.", "Keterangan")
    in_ucj = Column(pl.Boolean(), "Part of the UCJ scope.", "flag", label_id="Termasuk UCJ")


class DimProgramme(Table, layer="mart", name="dim_programme", grain="one row per programme", seed="programmes.csv"):
    """Programmes."""

    programme = v.PROGRAMME
    name_id = NAME_ID
    name_en = NAME_EN


class DimFundingSource(
    Table, layer="mart", name="dim_funding_source", grain="one row per funding source", seed="funding_sources.csv"
):
    """Who pays contributions."""

    funding_source = v.FUNDING_SOURCE
    name_id = NAME_ID
    name_en = NAME_EN
    is_government = Column(pl.Boolean(), "Paid from a public budget.", "flag", label_id="Dana pemerintah")


class DimSector(Table, layer="mart", name="dim_sector", grain="one row per KBLI section", seed="sectors.csv"):
    """KBLI 2020 sections."""

    sector = v.SECTOR
    name_id = NAME_ID
    name_en = NAME_EN


class DimEmployerScale(
    Table, layer="mart", name="dim_employer_scale", grain="one row per employer scale", seed="employer_scales.csv"
):
    """Sizes of employers."""

    scale = v.SCALE
    name_id = NAME_ID
    name_en = NAME_EN
