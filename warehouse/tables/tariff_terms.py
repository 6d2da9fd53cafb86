"""What the rules of a day make of every class that owes by the month: terms that the memberships are priced by."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table
from warehouse.tables.premium_due import RULES, WEAKEST

ASKED = Column(
    v.TEXT, "What the law asks of the class; empty: not known, or none that a rule names.", "code", nullable=True
)
FLAG = Column(pl.Boolean(), "Whether the class is so; empty: not known.", "flag", nullable=True)
RATE = Column(v.WHOLE, "Rate of the wage in parts of a thousand million; empty without rules.", "parts", nullable=True)
AMOUNT = v.rupiah("Amount beside the rate; empty without rules.", "Jumlah", nullable=True)
CEILING = v.rupiah("Wage up to which the rate applies; empty without rules.", "Batas upah", nullable=True)


class MonthlyTerms(Table, layer="lake", grain="one row per class that owes by the month, and programme"):
    """What one membership of a class owes a month: amount_idr + rate x min(wage, ceiling_idr), rounded half up.

    The payable ones leave out what the State pays; the earlier ones are by the rules before their newest change.
    """

    class_id = Column(pl.UInt32(), "Number of the class.", "number", key=True)
    programme = v.PROGRAMME
    segment = v.SEGMENT.but(key=False)
    risk_class = ASKED
    sub_sector = ASKED
    jkp_member = FLAG
    labour_intensive = FLAG
    funding_source = v.FUNDING_SOURCE.but(key=False)
    rate = RATE
    payable_rate = RATE
    amount_idr = AMOUNT
    payable_idr = AMOUNT
    ceiling_idr = CEILING
    earlier_rate = RATE
    earlier_payable_rate = RATE
    earlier_amount_idr = AMOUNT
    earlier_payable_idr = AMOUNT
    earlier_ceiling_idr = CEILING
    rules_ = RULES
    confidence = WEAKEST
