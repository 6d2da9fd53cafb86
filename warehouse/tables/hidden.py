"""Which cells of the published copy are left empty to protect persons."""

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

DECIDED = "chosen when the row was first published"


class HiddenCell(
    Table, layer="mart", name="hidden_cell", grain="one row per cell that the published copy leaves out", comes_from=DECIDED
):  # fmt: skip
    """Cells that are empty in the published copy because they, or others beside them, count few persons.

    A cell that is empty there and not listed here is not known. Why a cell is hidden, for its own sake or to protect
    another, is not told: it would tell how small it is. The internal warehouse hides nothing and has no rows here.
    """

    object = Column(v.TEXT, "Table of the cell, with its schema.", "name", label_id="Objek", key=True)
    column_name = Column(v.TEXT, "Column of the cell.", "name", label_id="Kolom", key=True)
    region_code = v.REGION_CODE
    month = v.MONTH.but(description="Month of the row; of a table by year its first day.", label_id="Bulan")
    as_of_date = v.AS_OF_DATE.but(description="As of date of the row; of a table without one the same as month.")
    basis = Column(v.TEXT, "Basis of the row; the empty text where the table has none.", "code", label_id="Dasar wilayah", key=True)  # fmt: skip
    segment = Column(v.TEXT, "Segment of the row; the empty text where the table has none.", "code", label_id="Segmen", key=True)  # fmt: skip
    programme = Column(v.TEXT, "Programme of the row; the empty text where the table has none.", "code", label_id="Program", key=True)  # fmt: skip
    funding_source = Column(
        v.TEXT, "Funding source of the row; the empty text where the table has none.", "code", label_id="Sumber dana", key=True
    )  # fmt: skip
    part = Column(
        v.TEXT, "What else names the row: its rules, cause, class of arrears or type of benefit.", "code",
        label_id="Bagian", key=True,
    )  # fmt: skip
    loaded_at = v.LOADED_AT.but(key=True, source="the load")
