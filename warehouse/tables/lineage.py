"""Where figures come from: what every loaded version of a fact was computed from. Rows are added, never changed."""

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

WORD = Column(v.TEXT, "", "text")
ID = Column(v.TEXT, "", "id")
ROWS = Column(v.WHOLE, "", "rows", nullable=True, minimum=0)


class Lineage(
    Table, layer="ops", name="lineage", grain="one row per fact, version, run and input", comes_from="the load"
):
    """The inputs of a fact at one load, written with its rows in one transaction.

    A load that leaves a version as it stands writes none: the rows keep the lineage of the run that wrote them.
    """

    fact = WORD.but(description="The fact, with its schema.", key=True)
    month = v.MONTH.but(nullable=True, description="Month of the version; empty for a fact without versions.")
    as_of_date = v.AS_OF_DATE.but(nullable=True)
    run_id = ID.but(description="The run that wrote the rows.", key=True)
    code_version = WORD.but(description="Version and fingerprint of the code and seeds that computed the rows.")
    kind = WORD.but(description="Kind of extract; seed: the rule files of the product.", key=True)
    input_month = v.MONTH.but(nullable=True, description="Month of the input; empty for kinds without a date.")
    input_as_of_date = v.AS_OF_DATE.but(nullable=True, description="Day on which the source saw the input.")
    input_id = ID.but(description="The contents that made the input: ops.lineage_file.", key=True)


class LineageFile(
    Table, layer="ops", name="lineage_file", grain="one row per input and content", comes_from="the load"
):
    """The contents of an input, recorded once however many facts are computed from it."""

    input_id = ID.but(description="The input: other contents, or other judgements on them, make another.", key=True)
    position = Column(v.WHOLE, "Order in which the contents are read.", "number", key=True, minimum=0)
    name_ = WORD.but(description="Name under which the content was delivered; of a seed its file.")
    sha256 = ID.but(description="SHA-256 of the content.")
    gate_id = ID.but(description="The gating whose accepted rows were read; empty for a seed.", nullable=True)
    rows_accepted = ROWS.but(description="Rows of the file that the gate accepted.")
    rows_rejected = ROWS.but(description="Rows of the file that the gate rejected.")
    corrections = WORD.but(description="Ids of the corrections that changed rows of the file.", nullable=True)
    rows_read = ROWS.but(
        description="Accepted rows of the input's month and day; those copied from other files included."
    )
