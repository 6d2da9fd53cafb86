"""What facts are made of that is taken part by part: of any two sets of payers, or of workers, the rows stand below each other.

What a group has in several parts adds up.
"""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table
from warehouse.tables.arrears import FactArrears
from warehouse.tables.premium import FactPremium
from warehouse.tables.premium_difference import FactPremiumDifference
from warehouse.tables.premium_due import PremiumDue
from warehouse.tables.premium_rule import FactPremiumRule


class ArrearsOfPayers(FactArrears):
    """The arrears of a set of payers, by class."""

    bills = Column(pl.Int64(), "Rows of contributions of the group, of every month up to the month.", "rows", minimum=1)


class DueByRule(Table, layer="lake", grain="one row per regency, segment, programme, funding_source and rules"):
    """What a set of payers owes for the month, by the rules that make it."""

    region_code = v.REGION_CODE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    rules_ = FactPremiumRule.columns["rules"]
    confidence = FactPremiumRule.confidence
    memberships = FactPremiumRule.memberships
    due_idr = FactPremiumRule.due_idr


class PaidFor(Table, layer="lake", grain="one row per regency, segment, programme and funding_source"):
    """Distinct workers of a set of workers who live in a regency and hold a programme on a funding source."""

    region_code = v.REGION_CODE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    members = FactPremium.members.but(nullable=False)


class LeftOpen(Table, layer="lake", grain="one row per regency, segment, programme and funding_source"):
    """What a set of payers left open of the month: in arrears, and fined."""

    region_code = v.REGION_CODE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    arrears_idr = FactPremium.arrears_idr.but(nullable=True)
    fine_idr = FactPremium.fine_idr


class JudgedPayers(Table, layer="lake", grain="one row per regency, segment, programme, funding_source and cause"):
    """A set of payers by the cause for which due and billed differ, before those on one side are taken as one."""

    region_code = v.REGION_CODE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    cause = FactPremiumDifference.cause
    payers = FactPremiumDifference.payers
    memberships = PremiumDue.memberships
    without_price = Column(pl.Int64(), "Memberships that could not be priced.", "memberships")
    without_earlier_price = Column(pl.Int64(), "The same by the rules before their newest change.", "memberships")
    due_idr = FactPremiumDifference.due_idr
    payable_idr = PremiumDue.payable_idr
    earlier_due_idr = PremiumDue.earlier_due_idr
    earlier_payable_idr = PremiumDue.earlier_payable_idr
    billed_idr = FactPremiumDifference.billed_idr
