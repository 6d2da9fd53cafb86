"""Extract target and fact_target: coverage targets, each in its frame."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.schema import Column, Extract, Fact, Parse
from warehouse.vocabulary import arriving

YEAR = Column(pl.Int32(), "Calendar year.", "year", label_id="Tahun", key=True, minimum=1990)
FRAME = Column(
    v.TEXT,
    "Who set the target; frames must not be mixed.",
    "code",
    label_id="Kerangka",
    values=v.TARGET_FRAMES,
    key=True,
)
TARGET_RATIO = Column(
    pl.Float64(), "Coverage to reach.", "fraction", label_id="Target cakupan", minimum=0, additive=False, stated=True
)
TARGET_WORKERS = v.persons("Workers to reach, where the target states them.", "Target tenaga kerja", nullable=True)
LEGAL_REFERENCE = Column(v.TEXT, "The document that sets it.", "text", label_id="Dasar hukum")


class Target(Extract, kind="target", grain="one row per region, year and frame"):
    """Coverage targets of a region and year, one per frame."""

    unique = ("region_code", "year", "frame")
    unique_needs = unique

    region_code = arriving(v.REGION_CODE, "kode", Parse.REGION)
    year = arriving(YEAR, "tahun", Parse.WHOLE)
    frame = arriving(FRAME, "kerangka", Parse.CODE)
    target_ratio = arriving(TARGET_RATIO, "persen", Parse.PERCENT)
    target_workers = arriving(TARGET_WORKERS, "tenaga_kerja", Parse.WHOLE, required=False)
    legal_reference = arriving(LEGAL_REFERENCE, "dasar", Parse.TEXT)


class FactTarget(
    Fact,
    layer="mart",
    name="fact_target",
    grain="one row per region, year and frame",
    comes_from="target, seeds/targets.csv",
):
    """Coverage targets: the dated, cited ones of the seeds, replaced by what an extract delivers for the same key."""

    exposed = PUBLIC

    region_code = v.REGION_CODE.but(source="target.kode, seeds/targets.csv")
    year = YEAR.but(source="target.tahun, seeds/targets.csv")
    frame = FRAME.but(source="target.kerangka, seeds/targets.csv")
    target_ratio = TARGET_RATIO.but(source="target.persen / 100, seeds/targets.csv")
    target_workers = TARGET_WORKERS.but(source="target.tenaga_kerja, seeds/targets.csv")
    legal_reference = LEGAL_REFERENCE.but(source="target.dasar, seeds/targets.csv")
