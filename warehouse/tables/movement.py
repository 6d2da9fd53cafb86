"""Where the workers of a month came from and where those of the month before went."""

from warehouse import vocabulary as v
from warehouse.exposure import PUBLIC
from warehouse.metric import Metric
from warehouse.schema import Fact, Rule
from warehouse.tables.coverage import KEPESERTAAN


class FactMovement(
    Fact,
    layer="mart",
    name="fact_movement",
    grain="one row per region (all three levels), month, as_of_date, basis and segment",
):
    """How the workers in force follow from those of the month before: joined, returned, moved in, left, moved out.

    Who arrives or leaves is told apart from who moves by the whole nation, in the same segment scope and on the same
    basis: by workplace a membership that states none is nowhere, so a worker whose workplace is no longer stated left.
    A worker in two regencies who gives up one moved out of it and into none: moves in and out do not cancel.
    There are no rows where no version of the month before was known on as_of_date.
    """

    driven_by = ("kepesertaan",)
    shown_as = "movement"
    title = "Movement since the month before"
    caution = (
        "Each row adds up by itself: active = previous + joined + returned + moved in - left - moved out. Regions,"
        " bases and scopes are rows side by side: choose one of each, never sum. Between any two versions: month_bridge."
    )

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    basis = v.BASIS
    segment = v.SCOPE
    previous_as_of_date = v.AS_OF_DATE.but(
        key=False,
        description="Version of the month before that this one is measured against: its newest known on as_of_date.",
        label_id="Tanggal data bulan sebelumnya",
        exposure=PUBLIC,
    )
    previous_workers = v.persons(
        "Distinct workers in force here the month before, in that version.", "Pekerja aktif bulan sebelumnya"
    ).but(source=KEPESERTAAN)
    joined_workers = v.persons(
        "In force here now, nowhere in the nation the month before, nor in any earlier loaded month.", "Pekerja baru"
    ).but(source=KEPESERTAAN)
    returned_workers = v.persons(
        "In force here now, nowhere in the nation the month before, but somewhere in an earlier loaded month.",
        "Pekerja kembali",
    ).but(source=KEPESERTAAN)
    moved_in_workers = v.persons(
        "In force here now, the month before elsewhere in the nation and not here. Always 0 for the nation.",
        "Pekerja pindah masuk",
    ).but(source=KEPESERTAAN)
    left_workers = v.persons(
        "In force here the month before, now nowhere in the nation.", "Pekerja keluar"
    ).but(source=KEPESERTAAN)  # fmt: skip
    moved_out_workers = v.persons(
        "In force here the month before, now elsewhere in the nation and not here. Always 0 for the nation.",
        "Pekerja pindah keluar",
    ).but(source=KEPESERTAAN)
    active_workers = v.persons("Distinct workers in force here now.", "Pekerja aktif").but(source=KEPESERTAAN)
    left_ratio = v.ratio(
        Metric(
            "left_workers", "previous_workers", "Workers who left over those in force the month before.",
            "Tingkat pekerja keluar", "Share who left", basis="residence or workplace, as the row's basis says",
            legal_reference="Inpres 2/2021",
            concept_id="Pekerja yang keluar dari kepesertaan jaminan sosial ketenagakerjaan",
            meaning_id="Perbandingan jumlah pekerja yang aktif di wilayah itu pada bulan sebelumnya dan sekarang tidak aktif"
            " di mana pun dengan jumlah pekerja aktif bulan sebelumnya.",
            interpretation_id="Makin tinggi nilainya, makin banyak pekerja yang kehilangan perlindungan. Pindah ke wilayah lain"
            " tidak termasuk keluar. Nilai tinggi pada Januari wajar karena pembayar tahunan.",
        )
    )  # fmt: skip

    rules = (
        Rule(
            "movement_not_adding_up",
            "active_workers = previous_workers + joined_workers + returned_workers + moved_in_workers"
            " - left_workers - moved_out_workers",
            "active workers do not follow from those of the month before",
            "pekerja aktif tidak sama dengan bulan sebelumnya ditambah dan dikurangi perubahannya",
        ),
        Rule(
            "moved_out_of_the_nation", "region_code <> '00' OR moved_in_workers + moved_out_workers = 0",
            "workers who moved into or out of the nation", "pekerja yang pindah masuk atau keluar negara",
        ),
        Rule(
            "previous_seen_later", "previous_as_of_date <= as_of_date",
            "measured against a version that was seen later", "dibandingkan dengan versi yang lebih baru",
        ),
    )  # fmt: skip
