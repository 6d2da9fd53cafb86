"""The region as views show it beside a figure."""

from warehouse.tables.dimensions import DimRegion


class Place(DimRegion):
    """A region of today under the names that views give its columns."""

    region_name = DimRegion.columns["name"].but(label_id="Nama wilayah", label_en="")
