"""What may be said aloud."""

from warehouse import vocabulary as v
from warehouse.schema import Column
from warehouse.tables.coverage import FactCoverage
from warehouse.tables.place import Place
from warehouse.view import View


class CoverageSentence(
    View, name="coverage_sentence", of=(FactCoverage, Place),
    grain="one row per region (all three levels), month, basis and segment",
    shows="region_code region_name level province_code province_name month as_of_date basis segment sentence_id sentence_en",
):  # fmt: skip
    """What may be said aloud: every row of coverage as one sentence with all that must travel with the figure.

    That is the day of the data, basis, segments, denominator, its source and period. Without eligible workers the sentence
    says so and names no percentage. Figures are those that stand; of a past day: coverage_as_of.
    """

    sentence_id = Column(v.TEXT, "The sentence in Indonesian.", "text", label_id="Kalimat")
    sentence_en = Column(v.TEXT, "The sentence in English.", "text", label_id="Kalimat (Inggris)")
