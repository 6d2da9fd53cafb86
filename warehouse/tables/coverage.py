"""The coverage facts, and the presence words they are counted from."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.metric import Metric
from warehouse.schema import Column, Fact, Rule, Table
from warehouse.tables.workforce import PERIOD, SOURCE

KEPESERTAAN = "kepesertaan in force on the reference day"


COVERAGE = Metric(
    "active_workers", "eligible_workers",
    "Coverage: active workers over eligible workers; of every segment over all eligible ones. Above 1 happens and is kept.",
    "Cakupan kepesertaan", "Coverage",
    basis="residence or workplace, as the row's basis says; denominator by its workforce_source and workforce_period",
    legal_reference="Inpres 2/2021",
    concept_id="Cakupan kepesertaan jaminan sosial ketenagakerjaan",
    meaning_id="Perbandingan jumlah pekerja yang kepesertaannya aktif pada hari acuan, masing-masing dihitung"
    " sekali, dengan jumlah pekerja layak: penduduk bekerja dikurangi ASN, TNI, dan Polri.",
    interpretation_id="Makin tinggi nilainya, makin besar bagian pekerja yang terlindungi; 0,52 berarti 52 dari 100 pekerja"
    " layak. Nilai di atas 1 dapat terjadi dan tidak dipotong. Bandingkan hanya angka dengan dasar"
    " wilayah, cakupan segmen, serta sumber dan periode penyebut yang sama.",
)  # fmt: skip


class Presence(Table, layer="lake", grain="one row per membership in force"):
    """Who is in force where, packed: a person as the two halves of the token, regencies as numbers, and one word.

    Bits 0-3 of the word: in force in PU, BPU, JAKON, PMI. Bits 4-7: vulnerable there. Bits 8-27: programme p in
    segment s at 8 + 4p + s. Words of one person combine by OR, so a person may have any number of rows.
    """

    person_high = Column(pl.UInt64(), "Upper half of the keyed token of the person.", "token")
    person_low = Column(pl.UInt64(), "Lower half of it.", "token")
    residence = Column(pl.UInt16(), "Regency of residence as a number: 15.03 is 1503; 0 is nowhere.", "code")
    workplace = Column(pl.UInt16(), "Regency of the workplace as a number; 0 where none is stated.", "code")
    word = Column(pl.UInt32(), "The packed bits.", "bitmask")


class PresenceBefore(Presence):
    """Presence in the month before, in the newest version known on as_of_date; absent when not loaded."""


class PresenceEarlier(Presence):
    """Presence in any month before the month before, in versions known on as_of_date."""


class FactCoverage(
    Fact,
    layer="mart",
    name="fact_coverage",
    grain="one row per region (all three levels), month, as_of_date, basis and segment",
):
    """Distinct workers in force, and how they changed since the month before.

    Every level and every scope is counted exactly and stored, because distinct counts do not add up: a
    worker in two regencies counts in both and once in the province. A region without a row was not delivered.
    """

    driven_by = ("kepesertaan",)
    shown_as = "coverage"
    title = "Coverage"
    caution = "Regions of all three levels, both bases and every segment scope are rows side by side: choose one of each, never sum."

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    basis = v.BASIS
    segment = v.SCOPE
    active_workers = v.persons("Distinct workers in force.", "Pekerja aktif").but(source=KEPESERTAAN)
    vulnerable_workers = v.persons("Those of them who are vulnerable workers.", "Pekerja rentan").but(
        source=KEPESERTAAN
    )
    joined_workers = v.persons(
        "In force now, not the month before and never earlier; empty when the month before is not loaded.",
        "Pekerja baru", nullable=True,
    ).but(source=KEPESERTAAN)  # fmt: skip
    returned_workers = v.persons(
        "In force now, not the month before, but in an earlier month; empty when the month before is not loaded.",
        "Pekerja kembali", nullable=True,
    ).but(source=KEPESERTAAN)  # fmt: skip
    left_workers = v.persons(
        "In force the month before and not now; empty when the month before is not loaded.",
        "Pekerja keluar",
        nullable=True,
    ).but(source=KEPESERTAAN)
    eligible_workers = v.count(
        "Eligible workers of the release with the newest period not after the month among those released by as_of_date;"
        " a province or the nation adds up its regencies and is empty while one of them has none.",
        "persons", "Pekerja layak", nullable=True,
    ).but(source="penduduk_bekerja", additive=False, exposure=PUBLIC)  # fmt: skip
    workforce_source = SOURCE.but(
        key=False,
        nullable=True,
        source="penduduk_bekerja.sumber",
        description="Source of eligible_workers; MIXED when several.",
        exposure=PUBLIC,
    )
    workforce_period = PERIOD.but(
        key=False, nullable=True, source="penduduk_bekerja.periode", exposure=PUBLIC,
        description="Survey period of eligible_workers; the oldest one when regencies differ.",
    )  # fmt: skip
    coverage_ratio = v.ratio(COVERAGE)
    vulnerable_ratio = v.ratio(
        Metric(
            "vulnerable_workers", "active_workers", "Vulnerable workers over active workers.",
            "Proporsi pekerja rentan", "Vulnerable share", basis="residence or workplace, as the row's basis says",
            legal_reference="Inpres 2/2021; membership extract, column rentan",
            concept_id="Pekerja rentan dalam kepesertaan jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan jumlah pekerja rentan yang kepesertaannya aktif dengan jumlah seluruh pekerja aktif.",
            interpretation_id="Nilai ini menunjukkan bagian peserta aktif yang merupakan pekerja rentan; bukan bagian pekerja"
            " rentan yang sudah terlindungi.",
        )
    )  # fmt: skip

    rules = (
        Rule(
            "vulnerable_above_active", "vulnerable_workers <= active_workers",
            "more vulnerable workers than active ones", "pekerja rentan melebihi pekerja aktif",
        ),
        Rule(
            "arrivals_above_active", "joined_workers + returned_workers <= active_workers",
            "more arrivals than active workers", "pekerja baru dan kembali melebihi pekerja aktif",
        ),
        Rule(
            "workforce_without_source", "eligible_workers IS NULL OR workforce_source IS NOT NULL",
            "eligible workers without the source that counted them", "pekerja layak tanpa sumber data",
        ),
    )  # fmt: skip


class FactProgrammeCoverage(
    Fact, layer="mart", name="fact_programme_coverage",
    grain="one row per region (all three levels), month, as_of_date, basis, segment and programme",
):  # fmt: skip
    """Distinct workers in force who hold a programme."""

    driven_by = ("kepesertaan",)
    shown_as = "programme_coverage"
    title = "Workers in force by programme"
    caution = "A worker holds several programmes, and regions, bases and scopes are rows side by side: choose one of each, never sum."

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    basis = v.BASIS
    segment = v.SCOPE
    programme = v.PROGRAMME
    active_workers = v.persons("Distinct workers in force who hold the programme.", "Pekerja aktif").but(
        source=KEPESERTAAN
    )
