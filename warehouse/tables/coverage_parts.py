"""What the coverage facts are counted from: words with the number of persons who share them, and denominators."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.movement import FactMovement


class AlikePersons(Table, layer="lake", grain="one row per code, in every part that was counted"):
    """How many persons are alike to every count. Of any two sets of persons the rows stand below each other.

    Where they have one residence and one workplace, that is `is_one_place`, the code is: bits 0-35 the word of RegionWord
    without what is anywhere, 36-49 the workplace and 50-63 the residence as numbers. Else it is one region at one level:
    bits 0-47 its word, 48-61 its number, where a province is 1500 and the nation 0, bit 62 the basis.
    """

    is_one_place = Column(pl.Boolean(), "Every row of these persons says the same residence and workplace.", "flag")
    code = Column(pl.UInt64(), "The packed places and words.", "bitmask")
    persons = Column(v.WHOLE, "Persons with this code.", "persons", minimum=1)


class RegionWord(Table, layer="lake", grain="one row per basis, region (all three levels) and word"):
    """How many persons of a region share the same word; a person has one word per basis and region.

    Bits 0-27: presence now, as in Presence. Bits 28-31: in force in PU, BPU, JAKON, PMI the month before.
    Bits 32-35: the same in any earlier month. Bits 36-39, 40-43 and 44-47: the same as bits 0-3, 28-31 and 32-35,
    but anywhere in the nation on this basis. Only words with a bit below 32 are kept.
    """

    basis = v.BASIS
    region_code = v.REGION_CODE
    word = Column(pl.UInt64(), "The packed bits.", "bitmask", key=True)
    persons = Column(v.WHOLE, "Persons with this word.", "persons", minimum=1)


class VersionBefore(Table, layer="lake", grain="one row"):
    """The version of the month before that PresenceBefore holds; absent when not loaded."""

    previous_as_of_date = FactMovement.previous_as_of_date


class EligibleWorkers(Table, layer="mart", grain="one row per region (all three levels)"):
    """The denominator of coverage of every region, for one version."""

    region_code = v.REGION_CODE
    eligible_workers = FactCoverage.eligible_workers
    workforce_source = FactCoverage.workforce_source
    workforce_period = FactCoverage.workforce_period
