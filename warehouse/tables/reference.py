"""Reference tables from seeds: dated rules of law, each row with its citation."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

TEXT = Column(v.TEXT, "", "text")
FROM = Column(v.DATE, "First day on which the rule holds.", "date")
TO = Column(v.DATE, "Last day; empty while it holds.", "date", nullable=True)
LEGAL_REF = TEXT.but(description="The rule of law.")
CONFIDENCE = TEXT.but(description="How sure the source is: high, medium or low.", values=("high", "medium", "low"))


class MembershipRule(
    Table,
    layer="core",
    name="membership_rule",
    grain="one row per parameter, segment and period",
    seed="membership_rules.csv",
):
    """Dated rules of being in force, such as the months of grace of own-account workers."""

    parameter = TEXT.but(description="Name of the rule.", key=True)
    segment = v.SEGMENT
    value = Column(v.WHOLE, "Value in `unit`.", "see unit")
    unit = TEXT.but(description="Unit of the value.")
    effective_from = FROM.but(key=True)
    effective_to = TO
    legal_ref = LEGAL_REF
    confidence = CONFIDENCE


class EmployerObligation(
    Table,
    layer="core",
    name="employer_obligation",
    grain="one row per scale and period",
    seed="employer_obligations.csv",
):
    """Programmes an employer of a size owes its workers."""

    scale = v.SCALE
    programmes = TEXT.but(description="Programmes owed, separated by commas.")
    effective_from = FROM.but(key=True)
    effective_to = TO
    legal_ref = LEGAL_REF
    confidence = CONFIDENCE


class ArrearsClass(Table, layer="core", name="arrears_class", grain="one row per class", seed="arrears_classes.csv"):
    """Classes of arrears by age."""

    arrears_class = TEXT.but(description="Class.", key=True, values=v.ARREARS_CLASSES)
    from_months = Column(v.WHOLE, "Youngest age.", "months", minimum=1)
    to_months = Column(v.WHOLE, "Oldest age; empty: no limit.", "months", nullable=True)
    effective_from = FROM
    legal_ref = LEGAL_REF
    confidence = CONFIDENCE


class ContributionRule(
    Table, layer="core", name="contribution_rule", grain="one row per rule", seed="contribution_rules.csv"
):
    """Contribution rates, amounts and ceilings by law, dated and cited."""

    rule_id = TEXT.but(description="Id of the rule.", key=True)
    segment = v.SEGMENT.but(key=False)
    programme = TEXT.but(description="Programme; JKK+JKM where only the sum of both is published.", unit="code")
    risk_class = TEXT.but(description="Risk class; empty: any.", nullable=True)
    sub_sector = TEXT.but(description="Sub-sector; empty: any.", nullable=True)
    jkp_member = TEXT.but(description="Y or T: only for members, or not members, of JKP; empty: any.", nullable=True)
    labour_intensive = TEXT.but(
        description="Y or T: only for labour-intensive industries, or others; empty: any.", nullable=True
    )
    bracket = TEXT.but(description="Which amount of several; empty: the only one.", nullable=True)
    payer = TEXT.but(description="Who owes it by law, a role and not a funding source.")
    excluded_payers = TEXT.but(description="Funding sources the rule does not hold for.", nullable=True)
    basis = TEXT.but(description="What the rate applies to.")
    rate = TEXT.but(description="Rate as an exact decimal fraction.", nullable=True)
    amount_idr = v.rupiah("Fixed amount.", "Jumlah", nullable=True).but(additive=False)
    wage_ceiling_idr = v.rupiah("Wage ceiling.", "Batas upah", nullable=True).but(additive=False)
    contract_from_idr = v.rupiah("Contract tier begins above.", "Nilai kontrak dari", nullable=True).but(additive=False)
    contract_to_idr = v.rupiah("Contract tier ends at.", "Nilai kontrak sampai", nullable=True).but(additive=False)
    precedence = Column(
        v.WHOLE, "Of several rules that fit, the one with the highest precedence holds.", "number", minimum=0
    )
    effective_from = FROM
    effective_to = TO
    legal_ref = LEGAL_REF
    source_url = TEXT.but(description="Where it was read.", nullable=True)
    confidence = CONFIDENCE


class ContributionParameter(
    Table,
    layer="core",
    name="contribution_parameter",
    grain="one row per parameter, segment and period",
    seed="contribution_parameters.csv",
):
    """Dated rules beside the rates: the due day, fines, sanctions and packages."""

    parameter = TEXT.but(description="Name of the rule.", key=True)
    segment = TEXT.but(description="Membership segment; ALL: every one.", values=(*v.SEGMENTS, "ALL"), key=True)
    value = TEXT.but(description="Value in `unit`, as an exact decimal.")
    unit = TEXT.but(description="Unit of the value.")
    effective_from = FROM.but(key=True)
    effective_to = TO
    legal_ref = LEGAL_REF
    confidence = CONFIDENCE


class TargetSeed(
    Table, layer="core", name="target_seed", grain="one row per region, year and frame", seed="targets.csv"
):
    """Published coverage targets with their sources."""

    region_code = v.REGION_CODE
    year = Column(pl.Int32(), "Calendar year.", "year", key=True)
    frame = Column(v.TEXT, "Who set the target.", "code", values=v.TARGET_FRAMES, key=True)
    target_ratio = Column(pl.Float64(), "Coverage to reach.", "fraction", additive=False, stated=True)
    target_workers = v.persons("Workers to reach, where stated.", "Target tenaga kerja", nullable=True)
    legal_reference = TEXT.but(description="The document that sets it.")


class SectorDivision(Table, layer="core", name="sector_division", grain="one row per KBLI section", seed="sectors.csv"):
    """The KBLI 2020 divisions of each section."""

    sector = v.SECTOR
    division_from = Column(v.WHOLE, "First division.", "number", nullable=True)
    division_to = Column(v.WHOLE, "Last division.", "number", nullable=True)
