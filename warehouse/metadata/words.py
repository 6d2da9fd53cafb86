"""The words of the forms in Bahasa Indonesia: types, units, levels, time and what a column may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from warehouse.joins import dimensions, held
from warehouse.schema import Column, Extract, Fact, Table, tables_of

TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "CHARACTER",
    pl.Int64(): "INTEGER",
    pl.Int32(): "INTEGER",
    pl.Float64(): "FLOAT",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us"): "DATETIME",
}
ANY: Mapping[str, str] = {
    "CHARACTER": "Teks",
    "INTEGER": "Bilangan bulat",
    "FLOAT": "Bilangan pecahan",
    "BOOLEAN": "Ya; tidak",
    "DATE": "Tanggal",
    "DATETIME": "Waktu",
}
UNITS: Mapping[str, tuple[str, str, str]] = {
    "persons": ("Orang, masing-masing dihitung sekali", "Jumlah", "orang"),
    "workers": ("Tenaga kerja menurut tagihan atau laporan", "Jumlah", "tenaga kerja"),
    "employers": ("Pemberi kerja", "Jumlah", "pemberi kerja"),
    "payers": ("Pembayar iuran", "Jumlah", "pembayar"),
    "memberships": ("Kepesertaan", "Jumlah", "kepesertaan"),
    "claims": ("Klaim manfaat", "Jumlah", "klaim"),
    "rupiah": ("Nilai uang", "Nilai", "rupiah penuh"),
    "rupiah per worker": ("Nilai uang per pekerja", "Nilai", "rupiah penuh per pekerja"),
    "fraction": ("Perbandingan dua jumlah", "Rasio", "fraksi (0,52 = 52 persen)"),
    "date": ("Waktu", "Tanggal", "hari"),
    "timestamp (UTC)": ("Waktu", "Waktu", "waktu UTC"),
    "year": ("Waktu", "Tahun", "tahun"),
    "period": ("Waktu", "Periode", "bulan atau tahun"),
    "place": ("Urutan", "Nomor urut", "tanpa satuan"),
    "number": ("Waktu", "Nomor urut", "tanpa satuan"),
    "code": ("Klasifikasi", "Kategori", "tanpa satuan"),
    "flag": ("Klasifikasi", "Ya atau tidak", "tanpa satuan"),
    "name": ("Nama", "Teks", "tanpa satuan"),
    "text": ("Keterangan", "Teks", "tanpa satuan"),
    "id": ("Nomor pengenal", "Teks", "tanpa satuan"),
    "ids": ("Nomor pengenal", "Teks", "tanpa satuan"),
    "degrees": ("Letak", "Koordinat", "derajat"),
    "km2": ("Luas", "Nilai", "km2"),
    "as stated": ("Angka yang dipublikasikan pihak lain", "Nilai", "menurut barisnya"),
}
"""Of every unit the concept, the measure and the unit in Indonesian."""
NATIONAL, PROVINCE, REGENCY = "Nasional", "Provinsi", "Kabupaten/Kota"
NONE = "tidak ada"


def label(column: Column) -> str:
    """Return the Indonesian label of a column, or its name where it has none."""
    return column.label_id or column.name


def unit_words(unit: str) -> tuple[str, str, str]:
    """Return concept, measure and unit in Indonesian; a unit without words stands for itself."""
    return UNITS.get(unit, ("Keterangan", NONE, unit or NONE))


def levels(table: type[Table]) -> list[str]:
    """Return the levels of region that the figures of a fact are given for, as its grain says."""
    return [REGENCY] if "per regency" in table.grain else [NATIONAL, PROVINCE, REGENCY]


def reference_time(table: type[Table]) -> str:
    """Return which time the values of a row speak of."""
    held = table.key()
    if "month" in held:
        return "Sebulan, menurut keadaan pada tanggal data"
    if "year" in held:
        return "Setahun"
    return "Periode yang disebut barisnya" if issubclass(table, Fact) else "Saat versi diterbitkan"


def activities(table: type[Table], column: Column) -> list[str]:
    """Return the deliveries a column comes from: those its source names, else those that drive the table."""
    kinds = [one.kind for one in tables_of("lake") if issubclass(one, Extract)]
    named = [kind for kind in kinds if re.search(rf"\b{kind}\b", column.source)]
    driving = list(table.driven_by) if issubclass(table, Fact) else []
    return [f"Kompilasi data administrasi: {kind}" for kind in named or driving] or [NONE]


def holds(table: type[Table], column: Column) -> str:
    """Return which values a column may hold, in words: its codes, its pattern or bounds, or the dimension that lists them."""
    if column.values:
        return "; ".join(column.values)
    listing = [one for one in dimensions() if column.name in held(table, one)]
    if listing:
        return f"Menurut {listing[0].qualified()}"
    if column.pattern:
        return f"Teks dengan pola {column.pattern}"
    bounds = [
        f"{word} {bound}" for word, bound in (("minimum", column.minimum), ("maksimum", column.maximum)) if bound is not None
    ]  # fmt: skip
    kind = ANY[TYPES[column.dtype]]
    return f"{kind}, {' dan '.join(bounds)}" if bounds else kind
