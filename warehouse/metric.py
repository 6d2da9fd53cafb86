"""A metric: a ratio as it is declared once, from which column, label, dictionary entry and BI expression follow."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Metric:
    """What is divided by what, its labels, the basis it stands on, and the law or source that defines it.

    `numerator` and `denominator` are columns of the same table. Parts that `adds_up` is true of may be summed over rows
    before they are divided, over those rows that hold both; of others (distinct counts) a ratio exists row by row only.
    `whole` rounds to whole units.
    """

    numerator: str
    denominator: str
    description: str
    label_id: str
    label_en: str
    basis: str
    legal_reference: str
    unit: str = "fraction"
    adds_up: bool = False
    whole: bool = False
    concept_id: str = ""
    meaning_id: str = ""
    interpretation_id: str = ""
    """Concept, definition and interpretation in Indonesian, for the forms of Satu Data Indonesia."""

    @property
    def formula(self) -> str:
        """Return the SQL of the ratio in one row; NULL where the denominator is none or zero."""
        return self._divided(self.numerator, self.denominator)

    @property
    def over_rows(self) -> str:
        """Return the SQL of the ratio over the rows of a group: NULL, never a wrong figure, where parts do not add up."""
        if self.adds_up:
            return self._divided(_summed(self.numerator, self.denominator), _summed(self.denominator, self.numerator))
        alone = self._divided(f"any_value({self.numerator})", f"any_value({self.denominator})")
        return f"CASE WHEN count(*) = 1 THEN {alone} END"

    def over(self, numerator: str, denominator: str) -> Metric:
        """Return the same metric where its parts stand under other names."""
        return replace(self, numerator=numerator, denominator=denominator)

    def _divided(self, part: str, whole: str) -> str:
        ratio = f"{part}::DOUBLE / nullif({whole}, 0)"
        return f"CAST(round({ratio}) AS BIGINT)" if self.whole else ratio


def _summed(part: str, other: str) -> str:
    return f"sum({part}) FILTER (WHERE {other} IS NOT NULL)"
