"""Form MS-Var of Satu Data Indonesia: one record per column of schema mart, from its declaration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from warehouse import ddl
from warehouse.metadata.terms import Terms
from warehouse.metadata.words import NONE, TYPES, activities, holds, label, reference_time, unit_words
from warehouse.schema import Column, Table, tables_of

HEADINGS = (
    "No", "Nama Variabel", "Alias", "Konsep", "Definisi", "Referensi Pemilihan", "Referensi Waktu", "Ukuran", "Satuan",
    "Tipe Data", "Klasifikasi Isian", "Aturan Validasi", "Kalimat Pertanyaan", "Dapat Diakses Umum", "Tabel",
    "Bahasa Definisi",
)  # fmt: skip
"""The columns of the form, with measure and unit, then two of our own: the table and the language of the definition."""
NOT_ASKED = "Tidak ada pertanyaan: data administrasi, bukan kuesioner"
FILLED = "Wajib terisi"


def variables(terms: Terms) -> list[dict[str, Any]]:
    """Return one record per column of schema mart, under the names that the BPS system for these forms gives the fields."""
    return [_record(table, column, terms) for table in tables_of("mart") for column in ddl.columns_of(table).values()]


def form(records: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return the rows of the form, as cells of HEADINGS."""
    return [
        [
            str(number),
            one["nama"],
            one["alias"],
            "; ".join(one["konsep"]),
            one["definisi"],
            "; ".join(one["referensi_pemilihan"]),
            one["referensi_waktu"],
            one["ukuran"],
            one["satuan"],
            one["tipe_data"],
            one["klasifikasi_isian"],
            "; ".join(one["aturan_validasi"]),
            one["kalimat_pertanyaan"],
            "Ya" if one["apakah_variabel_bisa_diakses_umum"] else "Tidak",
            one["tabel"],
            one["bahasa_definisi"],
        ]
        for number, one in enumerate(records, 1)
    ]


def _record(table: type[Table], column: Column, terms: Terms) -> dict[str, Any]:
    concept, measure, unit = unit_words(column.unit)
    return {
        "nama": label(column),
        "alias": column.name,
        "konsep": [column.metric.concept_id if column.metric else concept],
        "definisi": column.meaning_id or f"{label(column)}: {column.description}",
        "referensi_pemilihan": _reference(table, column),
        "referensi_waktu": reference_time(table),
        "ukuran": measure,
        "satuan": unit,
        "tipe_data": TYPES[column.dtype],
        "klasifikasi_isian": holds(table, column),
        "value_domain": [{"kode": value, "nilai": value} for value in column.values],
        "aturan_validasi": _rules(table, column),
        "kalimat_pertanyaan": NOT_ASKED,
        "apakah_variabel_bisa_diakses_umum": terms.public,
        "tabel": table.qualified(),
        "bahasa_definisi": "id" if column.meaning_id else "en, belum diterjemahkan",
    }


def _reference(table: type[Table], column: Column) -> list[str]:
    if column.metric:
        return [column.metric.legal_reference]
    found = [one for one in activities(table, column) if one != NONE]
    return found or [f"Acuan gudang data: {column.source or table.seed or table.qualified()}"]


def _rules(table: type[Table], column: Column) -> list[str]:
    rules = [FILLED] if column.key or not column.nullable else ["Boleh kosong"]
    if column.formula:
        rules.append("Dihitung dari kolom lain, tidak disimpan")
    if ddl.warning(column):
        rules.append("Jangan dijumlahkan")
    named = [rule for rule in table.rules if re.search(rf"\b{column.name}\b", f"{rule.condition} {rule.pattern_of}")]
    return [*rules, *(f"Ditolak bila {rule.id}" for rule in named)]
