"""What the facts of premium are added up from: what payers owe by the tariff, before anything is billed."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table
from warehouse.tables.reference import CONFIDENCE

RULES = Column(
    v.TEXT,
    "The rules that make the amount, such as R022+R023 or, with a relief, R048*R054A; UNKNOWN_CLASS when the risk class of"
    " the employer or the length of the contract is not known, NO_RULE when the law names no amount.",
    "ids", label_id="Aturan",
)  # fmt: skip
WEAKEST = CONFIDENCE.but(
    description="How sure the least sure of these rules is: high, medium or low; empty without rules.",
    label_id="Keyakinan",
    nullable=True,
)


CODE = pl.Categorical()


class PremiumDue(
    Table, layer="lake",
    grain="one row per payer, regency of residence, class, is_charged, programmes held and programme",
):  # fmt: skip
    """What the memberships in force owe for a month, by payer; codes are numbers here, for there are millions of rows.

    The payer is the employer, else the membership if a bill of the month names it; other memberships are taken together,
    whatever they hold beside the programme.
    """

    employer_key = Column(v.TEXT, "Employer number (NPP).", "id", nullable=True)
    membership_key = Column(pl.Binary(), "Membership without employer that a bill names.", "token", nullable=True)
    region_code = v.REGION_CODE.but(dtype=CODE)
    segment = v.SEGMENT.but(dtype=CODE)
    programme = v.PROGRAMME.but(dtype=CODE)
    funding_source = v.FUNDING_SOURCE.but(dtype=CODE)
    rules_ = RULES.but(dtype=CODE)
    confidence = WEAKEST.but(dtype=CODE)
    is_charged = Column(pl.Boolean(), "False where nothing is owed this month: paid once, in another month.", "flag")
    memberships = v.count("Memberships in force that hold the programme.", "memberships", "Kepesertaan")
    due_idr = v.rupiah(
        "The whole contribution, whoever pays it; empty without rules.", "Iuran seharusnya", nullable=True
    )
    payable_idr = v.rupiah("The same without what the State pays.", "Tanpa bagian negara", nullable=True)
    earlier_due_idr = v.rupiah(
        "The contribution by the rules before their newest change; empty where there were none.",
        "Menurut aturan sebelumnya",
        nullable=True,
    )
    earlier_payable_idr = v.rupiah(
        "The same without what the State pays.", "Sebelumnya, tanpa bagian negara", nullable=True
    )
