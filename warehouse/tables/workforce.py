"""Extract penduduk_bekerja and fact_workforce: the working population, the denominator of coverage."""

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.schema import Column, Extract, Fact, Parse, Rule
from warehouse.vocabulary import arriving

PERIOD = Column(
    v.TEXT, "Survey period: YYYY-02 or YYYY-08.", "period", pattern=r"^[0-9]{4}-0[28]$", key=True, label_id="Periode"
)
SOURCE = Column(v.TEXT, "Who published the release.", "text", key=True, label_id="Sumber")
RELEASED_ON = Column(v.DATE, "Day of the release.", "date", key=True, label_id="Tanggal rilis")
EMPLOYED = v.count("Working population.", "persons", "Penduduk bekerja")
EXCLUDED = v.count("Civil servants, army and police, outside UCJ.", "persons", "ASN, TNI, Polri")
WITHIN = Rule(
    "excluded_above_employed", "excluded_workers <= employed_workers",
    "more civil servants, army and police than working people", "ASN, TNI, dan Polri melebihi penduduk bekerja",
)  # fmt: skip


class Workforce(Extract, kind="penduduk_bekerja", grain="one row per regency, period, source and release"):
    """Working population per regency by survey period and release."""

    unique = ("region_code", "period", "source", "released_on")
    unique_needs = unique

    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)
    period = arriving(PERIOD, "periode", Parse.TEXT)
    employed_workers = arriving(EMPLOYED, "penduduk_bekerja", Parse.WHOLE)
    excluded_workers = arriving(EXCLUDED, "asn_tni_polri", Parse.WHOLE)
    source = arriving(SOURCE, "sumber", Parse.TEXT)
    released_on = arriving(RELEASED_ON, "tgl_rilis", Parse.DATE)
    rules = (WITHIN,)


class FactWorkforce(
    Fact,
    layer="mart",
    name="fact_workforce",
    grain="one row per regency, period, source and release",
    comes_from="penduduk_bekerja",
):
    """Every release of the working population, also those that no coverage figure uses."""

    exposed = PUBLIC

    region_code = v.REGION_CODE.but(source="penduduk_bekerja.kode_kab")
    period = PERIOD.but(source="penduduk_bekerja.periode")
    source = SOURCE.but(source="penduduk_bekerja.sumber")
    released_on = RELEASED_ON.but(source="penduduk_bekerja.tgl_rilis")
    employed_workers = EMPLOYED.but(source="penduduk_bekerja.penduduk_bekerja")
    excluded_workers = EXCLUDED.but(source="penduduk_bekerja.asn_tni_polri")
    eligible_workers = v.count("Eligible workers: employed less excluded.", "persons", "Pekerja layak").but(
        source="employed_workers - excluded_workers"
    )
    rules = (
        WITHIN,
        Rule(
            "eligible_adds_up", "eligible_workers = employed_workers - excluded_workers",
            "eligible is not employed less excluded", "pekerja layak tidak sama dengan penduduk bekerja dikurangi ASN, TNI, Polri",
        ),
    )  # fmt: skip
