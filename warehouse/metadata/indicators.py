"""Form MS-Ind of Satu Data Indonesia: one record per metric, from its declaration and that of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.catalogue import relations
from warehouse.metadata.terms import Terms
from warehouse.metadata.words import NONE, activities, label, levels, unit_words
from warehouse.metric import Metric
from warehouse.schema import Column, Table
from warehouse.view import columns_of

HEADINGS = (
    "No", "Nama Indikator", "Konsep", "Definisi", "Interpretasi", "Metode/Rumus Penghitungan", "Ukuran", "Satuan",
    "Klasifikasi Penyajian", "Indikator Komposit", "Indikator Pembangun: Publikasi Ketersediaan",
    "Indikator Pembangun: Nama", "Variabel Pembangun: Kegiatan Penghasil", "Variabel Pembangun: Kode Kegiatan",
    "Variabel Pembangun: Nama", "Level Estimasi", "Dapat Diakses Umum", "Kolom", "Dasar Hukum",
)  # fmt: skip
"""The 17 columns of the form, then two of our own: where the figure stands and the law behind it."""
BY_THE_OFFICE = "(diisi petugas BPS)"
VERSIONS = ("as_of_date",)


def metrics() -> list[tuple[type[Table], Column, Metric]]:
    """Return every metric of schema mart once, with the first table or view it stands in and its column there."""
    found: dict[tuple[str, Metric], tuple[type[Table], Column, Metric]] = {}
    for table in relations():
        for name, column in columns_of(table).items():
            if column.metric:
                found.setdefault((name, column.metric), (table, column, column.metric))
    return list(found.values())


def indicators(terms: Terms) -> list[dict[str, Any]]:
    """Return one record per metric, under the names that the BPS system for these forms gives the fields."""
    return [_record(table, column, metric, terms) for table, column, metric in metrics()]


def form(records: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return the rows of the form, as cells of HEADINGS."""
    return [
        [
            str(number),
            one["nama"],
            "; ".join(one["konsep"]),
            one["definisi"],
            one["interpretasi"],
            f"{one['metode_perhitungan']} {one['rumus']}",
            one["ukuran"],
            one["satuan"],
            "; ".join(part["nama"] for part in one["variabel_disaggregasi"]),
            "Tidak",
            NONE.capitalize(),
            NONE.capitalize(),
            "; ".join(sorted({source for part in one["variabel_pembangun"] for source in part["kegiatan_penghasil"]})),
            BY_THE_OFFICE,
            "; ".join(part["nama"] for part in one["variabel_pembangun"]),
            one["level_estimasi"],
            "Ya" if one["apakah_indikator_bisa_diakses_umum"] else "Tidak",
            one["kolom"],
            one["dasar_hukum"],
        ]
        for number, one in enumerate(records, 1)
    ]


def _record(table: type[Table], column: Column, metric: Metric, terms: Terms) -> dict[str, Any]:
    parts = [table.columns[name] for name in (metric.numerator, metric.denominator)]
    _, measure, unit = unit_words(metric.unit)
    split = [one for name, one in table.columns.items() if one.key and name not in VERSIONS]
    return {
        "nama": metric.label_id,
        "konsep": [metric.concept_id],
        "definisi": metric.meaning_id,
        "interpretasi": metric.interpretation_id,
        "metode_perhitungan": _method(metric),
        "rumus": _formula(parts, metric),
        "ukuran": measure,
        "satuan": unit,
        "variabel_disaggregasi": [{"nama": label(one), "sumber": f"{table.qualified()}.{one.name}"} for one in split],
        "apakah_indikator_komposit": False,
        "indikator_pembangun": [],
        "variabel_pembangun": [
            {"nama": f"{label(one)} ({one.name})", "kegiatan_penghasil": activities(table, one)} for one in parts
        ],
        "level_estimasi": ", ".join(levels(table)),
        "apakah_indikator_bisa_diakses_umum": terms.public,
        "kolom": f"{table.qualified()}.{column.name}",
        "dasar_hukum": metric.legal_reference,
    }


def _method(metric: Metric) -> str:
    rounded = " Hasilnya dibulatkan ke satuan penuh." if metric.whole else ""
    over_rows = (
        "Untuk gabungan beberapa baris, pembilang dan penyebut dijumlahkan lebih dahulu, baru dibagi."
        if metric.adds_up
        else "Tidak boleh dijumlahkan atau dirata-ratakan antarbaris, karena orang dihitung sekali di setiap wilayah dan tingkat."
    )
    return f"Dihitung untuk setiap baris; kosong bila penyebut kosong atau nol.{rounded} {over_rows}"


def _formula(parts: Sequence[Column], metric: Metric) -> str:
    numerator, denominator = (f"{label(one)} ({one.name})" for one in parts)
    return f"{metric.label_id} = {numerator} dibagi {denominator}."
