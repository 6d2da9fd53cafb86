"""Which rules of law make the contribution that is due."""

from warehouse import vocabulary as v
from warehouse.exposure import COUNTED, PUBLIC, follows
from warehouse.schema import Fact
from warehouse.tables.premium_due import RULES, WEAKEST


class FactPremiumRule(
    Fact, layer="mart", name="fact_premium_rule",
    grain="one row per regency, month, as_of_date, segment, programme, funding_source and rules",
):  # fmt: skip
    """The contribution due by the rules that make it; the rules of a group add up to due_idr of fact_premium."""

    driven_by = ("iuran",)
    shown_as = "premium_rule"
    title = "Contributions due, by the rules that make them"
    caution = "Rules are those of core.contribution_rule, with their citations. Amounts and memberships add up."

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    rules_ = RULES.but(key=True)
    confidence = WEAKEST.but(exposure=PUBLIC)
    memberships = v.count("Memberships in force that hold the programme.", "memberships", "Kepesertaan").but(
        exposure=COUNTED
    )
    due_idr = v.rupiah("Contribution due; empty without rules.", "Iuran seharusnya", nullable=True).but(
        exposure=follows("memberships", "fact_premium.members")
    )
