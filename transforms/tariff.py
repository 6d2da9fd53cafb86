"""The price of a class of memberships: which rules hold for it on a day, and the terms they make.

A class is all that the law asks about a membership except its wage. Classes are few, so the rules are resolved for
classes and only the resulting terms meet the memberships.
"""

from __future__ import annotations

import polars as pl

from transforms.sharing import shared
from transforms.tariff_rules import CONFIDENCES, FRACTION_PARTS, PARTS, RATE_PARTS
from warehouse.vocabulary import PROGRAMMES

CLASS = (
    "day", "segment", "risk_class", "sub_sector", "jkp_member", "labour_intensive", "funding_source",
    "contract_value_idr", "contract_months",
)  # fmt: skip
CASE = ("class_id", "programme")
UNKNOWN_CLASS, NO_RULE = "UNKNOWN_CLASS", "NO_RULE"
NO_CEILING = 2**62
LOWEST = "LOWEST"
Terms = pl.LazyFrame


def cases_of(classes: pl.LazyFrame) -> pl.LazyFrame:
    """Return every class with every programme, and a class_id that depends on the classes alone and not on their order."""
    numbered = classes.select(CLASS).unique().sort(CLASS).with_row_index("class_id")
    return shared(numbered.join(pl.LazyFrame({"programme": PROGRAMMES}), how="cross"))


def terms(cases: pl.LazyFrame, rules: pl.LazyFrame) -> Terms:
    """Return one row per case: what one membership owes a month is amount_idr + rate x min(wage, ceiling_idr).

    `rules` are `numbered`. Rates are parts of a thousand million, amounts are whole rupiah, rounded half up. `rate` and
    `amount_idr` are the whole contribution; `payable_rate` and `payable_idr` leave out what the State pays. `rules` names
    the rules, as in R022+R023 or with a relief R048*R054A; where none hold it says UNKNOWN_CLASS (an unknown risk
    class or contract length hides the rule) or NO_RULE, and the numbers are null. `confidence` is that of the least sure rule.
    """
    held = cases.join(rules, on=["segment", "programme"], suffix="_asked").filter(_in_effect(), _serves())
    known = held.filter(_is_known(), _basis_fits()).with_columns(times=_times()).filter(pl.col("times") > 0)
    highest = pl.col("precedence") == pl.col("precedence").max().over(*CASE, "payer", "is_relief")
    won = known.filter(highest)
    reliefs = won.filter("is_relief").group_by(*CASE, "payer").agg(
        fraction=pl.col("rate").min() // (RATE_PARTS // FRACTION_PARTS),
        relief=pl.col("rule_id").min(),
        relief_trust=pl.col("trust").min(),
    )  # fmt: skip
    normal = won.filter(~pl.col("is_relief")).join(reliefs, on=[*CASE, "payer"], how="left")
    hidden = held.filter(_is_hidden(), ~pl.col("is_relief")).select(*CASE, hidden=pl.lit(True)).unique()
    found = cases.select(CASE).join(_added_up(normal), on=CASE, how="left").join(hidden, on=CASE, how="left")
    reason = pl.when("hidden").then(pl.lit(UNKNOWN_CLASS)).otherwise(pl.lit(NO_RULE))
    return found.with_columns(rules=pl.coalesce("rules", reason)).drop("hidden")


def _added_up(normal: pl.LazyFrame) -> pl.LazyFrame:
    """Return the terms per case: the rules of all payers added up, each payer's reduced by its relief."""
    fraction = pl.col("fraction").fill_null(FRACTION_PARTS).cast(pl.Int128)
    by_wage = pl.when(pl.col("basis") == "WAGE").then(pl.col("rate")).otherwise(0) * fraction
    inside = pl.min_horizontal("contract_value_idr", "contract_to_idr") - pl.col("contract_from_idr")
    by_value = pl.when(pl.col("basis") == "CONTRACT_VALUE").then(pl.col("rate").cast(pl.Int128) * inside).otherwise(0)
    by_amount = pl.col("amount_idr").fill_null(0).cast(pl.Int128) * pl.col("times") * RATE_PARTS
    once = (by_value + by_amount) * fraction
    payable = pl.col("payer") != "STATE"
    return normal.group_by(CASE).agg(
        rate=by_wage.sum().cast(pl.Int64),
        payable_rate=by_wage.filter(payable).sum().cast(pl.Int64),
        amount_idr=rounded(once.sum()).cast(pl.Int64),
        payable_idr=rounded(once.filter(payable).sum()).cast(pl.Int64),
        ceiling_idr=pl.col("wage_ceiling_idr").max().fill_null(NO_CEILING),
        rules=_names(),
        confidence=pl.min_horizontal(pl.col("trust").min(), pl.col("relief_trust").min()).replace_strict(
            dict(enumerate(CONFIDENCES)), return_dtype=pl.String
        ),
    )


def rounded(parts: pl.Expr) -> pl.Expr:
    """Return parts of a thousand million as whole units, rounded half up."""
    return (parts + PARTS // 2) // PARTS


def _names() -> pl.Expr:
    normal = pl.col("rule_id").unique().sort().str.join("+")
    relief = pl.col("relief").drop_nulls().unique().sort().str.join("+")
    return pl.when(relief == "").then(normal).otherwise(pl.format("{}*{}", normal, relief))


def _in_effect() -> pl.Expr:
    ended = pl.col("effective_to") < pl.col("day")
    return (pl.col("effective_from") <= pl.col("day")) & ~ended.fill_null(False)


def _serves() -> pl.Expr:
    """Return whether a rule holds for the class, its risk class and contract length left aside.

    JKP's own rules ask for members of JKP: whoever holds the programme is one, with arrears or without.
    """
    asked = {name: pl.col(f"{name}_asked") for name in ("sub_sector", "jkp_member", "labour_intensive")}
    fits = [rule.is_null() | (rule == pl.col(name)).fill_null(False) for name, rule in asked.items()]
    fits[1] |= pl.col("programme") == "JKP"
    return pl.all_horizontal(*fits, ~pl.col("excluded").list.contains(pl.col("funding_source")))


def _is_hidden() -> pl.Expr:
    by_risk = pl.col("risk_class_asked").is_not_null() & pl.col("risk_class").is_null()
    return by_risk | ((pl.col("basis") == "PER_CONTRACT") & pl.col("contract_months").is_null())


def _is_known() -> pl.Expr:
    asked = pl.col("risk_class_asked")
    return ~_is_hidden() & (asked.is_null() | (asked == pl.col("risk_class")))


def _basis_fits() -> pl.Expr:
    """Return whether the basis is the one of the class: tiers that the contract's value reaches, or wages without a value."""
    value, basis, begin = pl.col("contract_value_idr"), pl.col("basis"), pl.col("contract_from_idr")
    reached = (value > begin) | ((begin == 0) & value.is_not_null())
    return pl.when(basis == "CONTRACT_VALUE").then(reached).otherwise((basis != "WAGE") | value.is_null())


def _times() -> pl.Expr:
    """Return how often a rule counts: of the brackets of contract length one, and every month beyond it.

    Only the lowest bracket of own-account income is public, and it stands for all.
    """
    length, months = pl.col("bracket_months"), pl.col("contract_months")
    reached = length.filter(length <= months).max().over(CASE)
    chosen = pl.coalesce(reached, length.min().over(CASE))
    return (
        pl.when(pl.col("bracket").is_null() | pl.col("bracket").is_in([LOWEST, "BEFORE_WORK"])).then(1)
        .when(length == chosen).then(1)
        .when(pl.col("bracket") == "EXTRA_MONTH").then((months - chosen).clip(lower_bound=0))
        .otherwise(0)
    )  # fmt: skip
