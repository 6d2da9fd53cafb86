"""A region by whatever a person calls it on the command line."""

from __future__ import annotations

import polars as pl

from flows.gating import gazetteers
from transforms.geography import hint, region_key
from warehouse.errors import Stop
from warehouse.schema import Parse


def region_named(text: str) -> str:
    """Return today's code of the region that a code or a name means: 15.03, 1503, Kabupaten Sarolangun, Sarolangun.

    Codes are those of the Home Ministry. Raises Stop, with the regions it may mean, when it names none or several.
    """
    regions = gazetteers("kemendagri")[Parse.REGION]
    key, near = pl.select(region_key(pl.lit(text)), near=hint(pl.lit(text), regions)).row(0)
    if key in regions.known:
        return regions.known[key]
    told = f": {near}" if near else ""
    raise Stop(
        "region_unknown",
        f"{text} names no single region{told}",
        f"{text} tidak menunjuk satu wilayah",
        "write its code, or kabupaten, kota or provinsi before the name",
    )
