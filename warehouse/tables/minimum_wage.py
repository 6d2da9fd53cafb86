"""Extract umk and core.minimum_wage: the minimum wage of a regency and year."""

from warehouse import vocabulary as v
from warehouse.schema import Extract, Fact, Parse
from warehouse.tables.target import LEGAL_REFERENCE, YEAR
from warehouse.vocabulary import arriving

AMOUNT = v.rupiah("Minimum monthly wage.", "Upah minimum").but(additive=False)


class MinimumWage(Extract, kind="umk", grain="one row per regency and year"):
    """Minimum wages as decreed per regency and year."""

    unique = ("region_code", "year")
    unique_needs = unique

    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)
    year = arriving(YEAR, "tahun", Parse.WHOLE)
    minimum_wage_idr = arriving(AMOUNT, "upah_minimum", Parse.WHOLE)
    legal_reference = arriving(LEGAL_REFERENCE, "dasar", Parse.TEXT)


class MinimumWageReference(
    Fact, layer="core", name="minimum_wage", grain="one row per regency and year", comes_from="umk"
):
    """Minimum wage of a regency and year: the measure of under-reported wages."""

    region_code = v.REGION_CODE.but(source="umk.kode_kab")
    year = YEAR.but(source="umk.tahun")
    minimum_wage_idr = AMOUNT.but(source="umk.upah_minimum")
    legal_reference = LEGAL_REFERENCE.but(source="umk.dasar")
