"""The vocabulary: the code lists and the columns that several tables share.

Codes that are Indonesian stay as values; everything else in code is English.
"""

from __future__ import annotations

import polars as pl

from warehouse.exposure import COUNTED
from warehouse.metric import Metric
from warehouse.schema import Column, Parse, in_english

SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
SCOPES: dict[str, tuple[str, ...]] = {
    "PU": ("PU",),
    "BPU": ("BPU",),
    "JAKON": ("JAKON",),
    "PMI": ("PMI",),
    "UCJ": ("PU", "BPU", "JAKON"),
    "ALL": SEGMENTS,
}
PROGRAMMES = ("JKK", "JKM", "JHT", "JP", "JKP")
BENEFIT_TYPES = ("SANTUNAN", "BERKALA", "PEMAKAMAN", "BEASISWA", "PENGOBATAN", "JHT", "PENSIUN", "TUNAI")
FUNDING_SOURCES = (
    "EMPLOYER", "SELF", "APBD_REGENCY", "APBD_PROVINCE", "APBN", "DBH_SAWIT", "DBHCHT",
    "VILLAGE_FUND", "CSR", "BAZNAS", "DONOR",
)  # fmt: skip
EMPLOYER_SCALES = ("MIKRO", "KECIL", "MENENGAH", "BESAR")
RISK_CLASSES = ("SANGAT_RENDAH", "RENDAH", "SEDANG", "TINGGI", "SANGAT_TINGGI")
TARGET_FRAMES = ("RPJMN", "RPJPN", "KEMENDAGRI", "DAERAH")
SEXES = ("L", "P")
LEVELS = ("regency", "province", "national")
BASES = ("RESIDENCE", "WORKPLACE")
ARREARS_CLASSES = ("LANCAR", "KURANG_LANCAR", "MACET", "KONTINJENSI")
SECTORS = (*"ABCDEFGHIJKLMNOPQRSTU", "X")
NATION = "00"

DATE = pl.Date()
TEXT = pl.String()
WHOLE = pl.Int64()
INSTANT = pl.Datetime("us")

MONTH = Column(
    DATE, "First day of the month of contribution (BLTH).", unit="date", label_id="Bulan iuran", key=True,
    meaning_id="Hari pertama bulan iuran (BLTH).",
)  # fmt: skip
AS_OF_DATE = Column(
    DATE, "Day on which the source saw the month; part of the version.", unit="date", label_id="Tanggal data", key=True,
    meaning_id="Tanggal keadaan data di sumber; bagian dari versi angka.",
)  # fmt: skip
REGION_CODE = Column(
    TEXT,
    "Today's Home Ministry code: regency 15.03, province 15, nation 00.",
    unit="code",
    label_id="Kode wilayah",
    key=True,
    meaning_id="Kode wilayah Kemendagri yang berlaku sekarang: kabupaten/kota 15.03, provinsi 15, nasional 00.",
)
SEGMENT = Column(
    TEXT, "Membership segment.", unit="code", label_id="Segmen", values=SEGMENTS, key=True,
    meaning_id="Segmen kepesertaan: PU penerima upah, BPU bukan penerima upah, JAKON jasa konstruksi, PMI pekerja migran.",
)  # fmt: skip
SCOPE = Column(
    TEXT,
    "Segment scope: one segment, UCJ = PU + BPU + JAKON, or ALL. A worker in two segments counts once in UCJ.",
    unit="code",
    label_id="Cakupan segmen",
    values=tuple(SCOPES),
    key=True,
    meaning_id="Cakupan segmen: satu segmen, UCJ = PU + BPU + JAKON, atau ALL. Pekerja di dua segmen dihitung sekali dalam UCJ.",
)
BASIS = Column(
    TEXT,
    "RESIDENCE counts where the worker lives, WORKPLACE where the work is (memberships that state it).",
    unit="code",
    label_id="Dasar wilayah",
    values=BASES,
    key=True,
    meaning_id="RESIDENCE menurut tempat tinggal pekerja, WORKPLACE menurut tempat kerja (kepesertaan yang menyebutkannya).",
)
PROGRAMME = Column(
    TEXT, "Programme.", unit="code", label_id="Program", values=PROGRAMMES, key=True,
    meaning_id="Program jaminan: JKK kecelakaan kerja, JKM kematian, JHT hari tua, JP pensiun, JKP kehilangan pekerjaan.",
)  # fmt: skip
BENEFIT_TYPE = Column(
    TEXT, "Type of benefit.", unit="code", label_id="Jenis manfaat", values=BENEFIT_TYPES, key=True,
    meaning_id="Jenis manfaat yang dibayarkan.",
)  # fmt: skip
FUNDING_SOURCE = Column(
    TEXT, "Who pays the contribution.", unit="code", label_id="Sumber dana", values=FUNDING_SOURCES, key=True,
    meaning_id="Pihak yang membayar iuran.",
)  # fmt: skip
SCALE = Column(
    TEXT, "Size of the employer.", unit="code", label_id="Skala usaha", values=EMPLOYER_SCALES, key=True,
    meaning_id="Skala usaha pemberi kerja.",
)  # fmt: skip
SECTOR = Column(
    TEXT,
    "KBLI 2020 section of the employer; X when its code begins with no known division.",
    unit="code",
    label_id="Lapangan usaha",
    values=SECTORS,
    key=True,
    meaning_id="Kategori KBLI 2020 pemberi kerja; X bila kodenya tidak diawali golongan pokok yang dikenal.",
)

LOADED_AT = Column(
    INSTANT, "When this version of the row was loaded.", unit="timestamp (UTC)", label_id="Dimuat pada",
    meaning_id="Waktu versi baris ini dimuat (UTC).",
)  # fmt: skip
SUPERSEDED_AT = Column(
    INSTANT,
    "When a restatement replaced this row; empty while it stands.",
    unit="timestamp (UTC)",
    label_id="Digantikan pada",
    nullable=True,
    meaning_id="Waktu baris ini digantikan oleh perbaikan data (UTC); kosong selama masih berlaku.",
)
RUN_ID = Column(
    TEXT, "The run that loaded this row (ops.run).", unit="id", label_id="Nomor proses",
    meaning_id="Nomor proses yang memuat baris ini.",
)  # fmt: skip
HISTORY: dict[str, Column] = {
    name: column.but(name=name, label_en=in_english(name), source="the load")
    for name, column in (("loaded_at", LOADED_AT), ("superseded_at", SUPERSEDED_AT), ("run_id", RUN_ID))
}


MOST_WAGE = 1_000_000_000
MOST_AMOUNT = 999_999_999_999_999
MOST_WORKERS = 9_999_999


def persons(description: str, label_id: str, *, nullable: bool = False) -> Column:
    """Return a column of distinct persons, which must never be summed over regions, scopes or months."""
    return Column(
        WHOLE, description, "persons", label_id=label_id, nullable=nullable, minimum=0, additive=False, exposure=COUNTED
    )  # fmt: skip


def count(description: str, unit: str, label_id: str, *, nullable: bool = False) -> Column:
    """Return an additive whole number of `unit`, zero or more."""
    return Column(WHOLE, description, unit, label_id=label_id, nullable=nullable, minimum=0)


def rupiah(description: str, label_id: str, *, nullable: bool = False) -> Column:
    """Return an additive amount in whole rupiah, zero or more."""
    return Column(WHOLE, description, "rupiah", label_id=label_id, nullable=nullable, minimum=0)


def ratio(metric: Metric) -> Column:
    """Return the column of a metric: computed from its parts wherever it is read, never stored."""
    return Column(
        WHOLE if metric.whole else pl.Float64(), metric.description, metric.unit, label_id=metric.label_id,
        label_en=metric.label_en, meaning_id=metric.meaning_id, nullable=True, formula=metric.formula, metric=metric, additive=False,
    )  # fmt: skip


def arriving(column: Column, name: str, parse: Parse, *, required: bool = True) -> Column:
    """Return `column` as it arrives in an extract under `name`, read by the parser `parse`."""
    return column.but(
        arrives_as=name,
        parse=parse,
        required=required,
        nullable=not required,
        source=f"extract column {name}",
        key=False,
    )
