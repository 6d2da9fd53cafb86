"""Extract indikator and fact_indicator: published figures of regions that coverage is read beside."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.schema import Column, Extract, Fact, Parse
from warehouse.vocabulary import arriving

UNSTATED = "tidak disebut"
LONGEST_NAME = 120

PERIOD = Column(
    v.TEXT, "Year or month of the figure: YYYY or YYYY-MM; a Sakernas survey is YYYY-02 or YYYY-08.", "period",
    pattern=r"^[0-9]{4}(-[0-9]{2})?$", key=True, label_id="Periode",
)  # fmt: skip
INDICATOR = Column(
    v.TEXT, "What is measured: the path of the header in small letters, digits and underscores.", "name",
    label_id="Indikator", key=True,
)  # fmt: skip
SOURCE = Column(v.TEXT, "Who published the figure.", "text", label_id="Sumber", key=True)
VALUE = Column(
    pl.Float64(), "The figure, in the unit of the row; up to 15 digits are kept exactly.", "as stated",
    label_id="Nilai", additive=False,
)  # fmt: skip
UNIT = Column(v.TEXT, "Unit, where it is stated.", "text", label_id="Satuan", nullable=True)
LABEL = Column(v.TEXT, "The header as it was published.", "text", label_id="Judul", nullable=True)
CELL = Column(v.TEXT, "Cell of the sheet that the figure stood in, such as C12.", "text", nullable=True)
RELEASED_ON = Column(v.DATE, "Day of the release, where it is stated.", "date", label_id="Tanggal rilis", nullable=True)


class Indicator(Extract, kind="indikator", grain="one row per region, period, indicator and source"):
    """Figures of regions, provinces or the nation, one row each, however wide the table that they came in."""

    unique = ("region_code", "period", "indicator", "source")
    unique_needs = ("region_code", "period", "indicator")

    region_code = arriving(v.REGION_CODE, "kode", Parse.REGION)
    period = arriving(PERIOD, "periode", Parse.TEXT)
    indicator = arriving(INDICATOR, "indikator", Parse.SLUG)
    value = arriving(VALUE, "nilai", Parse.DECIMAL)
    unit = arriving(UNIT, "satuan", Parse.TEXT, required=False)
    label = arriving(LABEL, "judul", Parse.TEXT, required=False)
    source = arriving(SOURCE, "sumber", Parse.TEXT, required=False)
    released_on = arriving(RELEASED_ON, "tgl_rilis", Parse.DATE, required=False)
    cell = arriving(CELL, "sel", Parse.TEXT, required=False)


class FactIndicator(
    Fact, layer="mart", name="fact_indicator", grain="one row per region, period, indicator and source", comes_from="indikator"
):  # fmt: skip
    """Published figures of regions, such as participation rates and wages; a later delivery of the same key replaces it."""

    exposed = PUBLIC

    region_code = v.REGION_CODE.but(source="indikator.kode")
    period = PERIOD.but(source="indikator.periode")
    indicator = INDICATOR.but(source="indikator.indikator")
    source = SOURCE.but(
        description=f"Who published the figure; '{UNSTATED}' where the file does not say.", source="indikator.sumber"
    )
    value = VALUE.but(source="indikator.nilai")
    unit = UNIT.but(source="indikator.satuan")
    label = LABEL.but(source="indikator.judul")
    released_on = RELEASED_ON.but(source="indikator.tgl_rilis")
