"""What schema mart says of itself: every column, and every metric."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

DECLARED = "declarations of this version"
KINDS = ("TABLE", "VIEW", "MACRO")
OBJECT = Column(v.TEXT, "Table, view or macro, with its schema.", "name", label_id="Objek", key=True)
KIND = Column(v.TEXT, "TABLE, VIEW or MACRO.", "code", label_id="Jenis", values=KINDS)
UNIT = Column(v.TEXT, "Unit of the values.", "text", label_id="Satuan")
LABEL_ID = Column(v.TEXT, "Label in Indonesian.", "text", label_id="Label")
LABEL_EN = Column(v.TEXT, "Label in English.", "text", label_id="Label (Inggris)")
MEANING = Column(v.TEXT, "What it means and how it is counted.", "text", label_id="Uraian")


class DictionaryColumn(
    Table,
    layer="mart",
    name="dictionary",
    grain="one row per table, view or macro of mart and column",
    comes_from=DECLARED,
):
    """Every column of schema mart: what the comments in the database say, as rows."""

    object = OBJECT
    kind = KIND
    position = Column(
        v.WHOLE, "Place of the column in its object.", "place", label_id="Urutan", minimum=1, additive=False
    )
    column_name = Column(v.TEXT, "Name of the column.", "name", label_id="Kolom", key=True)
    data_type = Column(v.TEXT, "Type in SQL.", "text", label_id="Tipe")
    unit = UNIT
    label_id = LABEL_ID
    label_en = LABEL_EN
    description_ = MEANING
    counting_rule = Column(
        v.TEXT, "Warning where values must not be added up; empty where they may.", "text", label_id="Aturan hitung", nullable=True
    )  # fmt: skip
    source = Column(v.TEXT, "Where the values come from.", "text", label_id="Sumber")
    formula = Column(
        v.TEXT, "SQL that computes it from other columns; empty for what is stored.", "text", label_id="Rumus", nullable=True
    )  # fmt: skip
    codes = Column(v.TEXT, "Codes it may hold, separated by commas; empty for no list.", "text", label_id="Daftar kode", nullable=True)  # fmt: skip
    is_key = Column(pl.Boolean(), "Part of the key.", "flag", label_id="Kunci")
    is_nullable = Column(
        pl.Boolean(), "May be empty. Of the published copy any cell may be left out besides, to protect persons.", "flag",
        label_id="Boleh kosong",
    )  # fmt: skip
    comment = Column(
        v.TEXT,
        "The comment of the column in the database; a macro's columns have none there.",
        "text",
        label_id="Komentar",
    )


class DictionaryMetric(
    Table, layer="mart", name="metric", grain="one row per table, view or macro of mart and metric", comes_from=DECLARED
):
    """Every ratio of schema mart, wherever it stands: what is divided by what, on which basis, and by which law."""

    name_ = Column(v.TEXT, "Name of the metric: of its column.", "name", label_id="Metrik", key=True)
    object = OBJECT
    kind = KIND
    numerator = Column(v.TEXT, "Column of the object that is divided.", "name", label_id="Pembilang")
    denominator = Column(v.TEXT, "Column of the object that it is divided by.", "name", label_id="Penyebut")
    formula = Column(v.TEXT, "SQL of the ratio in one row.", "text", label_id="Rumus")
    over_rows = Column(
        v.TEXT, "SQL of the ratio over the rows of a group; empty over several rows where the parts do not add up.", "text",
        label_id="Rumus agregat",
    )  # fmt: skip
    adds_up = Column(pl.Boolean(), "Whether the parts may be summed over rows.", "flag", label_id="Dapat dijumlahkan")
    unit = UNIT
    basis = Column(v.TEXT, "What both parts are counted by.", "text", label_id="Dasar")
    label_id = LABEL_ID
    label_en = LABEL_EN
    description_ = MEANING
    legal_reference = Column(v.TEXT, "Law or document that defines it.", "text", label_id="Dasar hukum")
