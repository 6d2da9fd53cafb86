"""Why what was billed differs from what is due."""

from warehouse import vocabulary as v
from warehouse.exposure import PAYERS, follows
from warehouse.schema import Column, Fact

LED = follows("payers", "fact_premium.members", "fact_premium.workers_billed")
CAUSES = (
    "AGREES", "OTHER_REGENCY", "STATE_SHARE", "UNKNOWN_CLASS", "RULE_CHANGE", "NOT_BILLED", "NO_MEMBERSHIP",
    "UNDER_BILLED", "OVER_BILLED",
)  # fmt: skip


class FactPremiumDifference(
    Fact, layer="mart", name="fact_premium_difference",
    grain="one row per regency, month, as_of_date, segment, programme, funding_source and cause",
):  # fmt: skip
    """What was billed beside what is due, by the cause of the difference; the causes of a group add up to fact_premium.

    A payer is an employer, else a membership, within segment, programme and funding source, and has one cause, judged
    over all its regencies. In a regency, payers that owe and have no bill and payers that are billed and have no
    membership are taken as one payer when there are both: who pays in one sum for many is such a payer.
    """

    driven_by = ("iuran",)
    shown_as = "premium_difference"
    title = "Contributions billed beside contributions due, by the cause of the difference"
    caution = "Amounts add up over everything; a payer in several regencies counts in each."

    region_code = v.REGION_CODE
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    cause = Column(
        v.TEXT,
        "The first that fits. UNKNOWN_CLASS: a membership could not be priced. AGREES: below one rupiah per membership."
        " OTHER_REGENCY: agrees over all regencies, the bill stands in another regency than the worker's residence."
        " STATE_SHARE: agrees without what the State pays. RULE_CHANGE: agrees by the rules before their newest change."
        " NOT_BILLED: owes, without a bill. NO_MEMBERSHIP: billed, without a membership in force. UNDER_BILLED,"
        " OVER_BILLED: less, or more, than is due.",
        "code", label_id="Sebab selisih", values=CAUSES, key=True,
    )  # fmt: skip
    payers = v.count("Payers with this cause.", "payers", "Pembayar").but(additive=False, exposure=PAYERS)
    due_idr = v.rupiah("Contribution due; of the memberships that could be priced.", "Iuran seharusnya").but(
        exposure=LED
    )
    billed_idr = v.rupiah("Contribution billed.", "Iuran ditagih").but(exposure=LED)
    difference_idr = Column(
        v.WHOLE, "Billed less due; below zero where too little was billed.", "rupiah", label_id="Selisih",
        formula="billed_idr - due_idr",
    )  # fmt: skip
