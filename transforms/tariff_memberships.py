"""What every membership owes in a month: its class, the programmes it is charged for, and the amounts beside it."""

from __future__ import annotations

import polars as pl

from transforms.tariff import CASE, CLASS, cases_of, rounded, terms
from transforms.tariff_rules import days_before, numbered
from warehouse.vocabulary import FUNDING_SOURCES, PROGRAMMES, RISK_CLASSES, SEGMENTS

BITS = {programme: pl.lit(1 << number, pl.UInt8) for number, programme in enumerate(PROGRAMMES)}
AMOUNTS = {
    "due_idr": ("rate", "amount_idr", "ceiling_idr"),
    "payable_idr": ("payable_rate", "payable_idr", "ceiling_idr"),
    "earlier_due_idr": ("earlier_rate", "earlier_amount_idr", "earlier_ceiling_idr"),
    "earlier_payable_idr": ("earlier_payable_rate", "earlier_payable_idr", "earlier_ceiling_idr"),
}
SHARED_WITH_STATE = ("JKP",)
WHOLE = {"payable_idr": "due_idr", "earlier_payable_idr": "earlier_due_idr"}
BY_MONTH = ("segment", "risk_class", "sub_sector", "jkp_member", "labour_intensive", "funding_source")
NUMBERS = ("rate", "payable_rate", "amount_idr", "payable_idr", "ceiling_idr")
CONTRACT = ("day", "segment", "employer_key", "contract_value_idr")
BEARER = ("residence_code", "funding_source", "sub_sector", "programmes", "jkp_member", "membership_key")


def is_charged_once() -> pl.Expr:
    """Return whether a membership owes once per contract and not by the month: PMI, and construction with a value."""
    has_value = (pl.col("segment") == "JAKON") & pl.col("contract_value_idr").is_not_null()
    return has_value | (pl.col("segment") == "PMI")


def charged_by_month(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return memberships that owe every month with their whole class, and `charged`: the programmes held, as bits."""
    nothing = pl.lit(None, pl.Int64)
    return rows.with_columns(contract_value_idr=nothing, contract_months=nothing, charged="programmes")


def charged_once(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return memberships that owe once with their whole class, and `charged`: the programmes charged this month, as bits.

    A contract is charged in the month in which it starts. PMI: each membership is a contract, of contract_months begun
    from start_date to end_date; an end on the day of the month of the start completes the last. Construction: the
    memberships of one employer and one value share a contract, which starts when the first of them does; of those
    that hold a programme the first in the order BEARER bears its price.
    """
    is_shared = pl.col("segment") == "JAKON"
    first = pl.when(is_shared).then(pl.col("start_date").min().over(CONTRACT)).otherwise("start_date")
    known = rows.with_columns(
        contract_value_idr=pl.when(is_shared).then("contract_value_idr"),
        contract_months=pl.when(~is_shared).then(_months_begun()),
        starts=first.dt.truncate("1mo") == pl.col("day").dt.truncate("1mo"),
    )
    charged = (
        pl.when(~pl.col("starts"))
        .then(pl.lit(0, pl.UInt8))
        .when(is_shared)
        .then(_first_holder())
        .otherwise("programmes")
    )
    return known.sort(BEARER).with_columns(charged=charged).drop("starts")


def classes_by_month(days: pl.LazyFrame, rules: pl.LazyFrame) -> pl.LazyFrame:
    """Return every class that is charged by the month and can occur on `days`, whatever the memberships.

    Sub-sectors that no rule names are one: null.
    """
    lists = {
        "segment": SEGMENTS,
        "risk_class": (*RISK_CLASSES, None),
        "jkp_member": (True, False),
        "labour_intensive": (True, False, None),
        "funding_source": FUNDING_SOURCES,
    }
    named = pl.concat([rules.select("sub_sector"), pl.LazyFrame({"sub_sector": [None]}, {"sub_sector": pl.String})])
    classes = days.join(named.unique(), how="cross")
    for name, values in lists.items():
        classes = classes.join(pl.LazyFrame({name: values}), how="cross")
    nothing = pl.lit(None, pl.Int64)
    return classes.with_columns(contract_value_idr=nothing, contract_months=nothing).select(CLASS)


def terms_of(classes: pl.LazyFrame, rules: pl.LazyFrame) -> pl.LazyFrame:
    """Return the classes with the terms of each programme; the earlier ones are by the rules before their newest change."""
    exact, cases = numbered(rules), cases_of(classes)
    earlier = terms(days_before(exact, cases), exact).select(*CASE, pl.col(NUMBERS).name.prefix("earlier_"))
    return cases.join(terms(cases, exact), on=CASE).join(earlier, on=CASE, how="left")


def priced(rows: pl.LazyFrame, found: pl.LazyFrame, by: tuple[str, ...] = CLASS) -> pl.LazyFrame:
    """Return the memberships with class_id and their amounts (see `amount_of`).

    `rows` have a class of `terms_of`, told apart by the columns `by`, and `charged`. Amounts are null where the
    programme is not charged or its terms are unknown.
    """
    pairs = [(name, programme) for programme in PROGRAMMES for name in AMOUNTS]
    amounts = {amount_of(*pair): _amount(*pair) for pair in pairs if amount_of(*pair) == "_".join(pair)}
    return rows.join(_side_by_side(found, by), on=by, how="left", nulls_equal=True).with_columns(**amounts)


def amount_of(name: str, programme: str) -> str:
    """Return the column that holds one of AMOUNTS of a programme, such as due_idr_JKK.

    What is payable is the whole amount, but for the programmes SHARED_WITH_STATE.
    """
    return f"{name if programme in SHARED_WITH_STATE else WHOLE.get(name, name)}_{programme}"


def _side_by_side(found: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    names = sorted({number for numbers in AMOUNTS.values() for number in numbers})
    return found.group_by("class_id").agg(
        pl.col(by).first(),
        *(
            pl.col(name).filter(pl.col("programme") == programme).first().alias(f"{programme}_{name}")
            for programme in PROGRAMMES
            for name in names
        ),
    )


def _amount(name: str, programme: str) -> pl.Expr:
    rate, once, ceiling = (pl.col(f"{programme}_{number}") for number in AMOUNTS[name])
    owed = once + rounded(rate * pl.min_horizontal("wage_idr", ceiling))
    return pl.when((pl.col("charged") & BITS[programme]) != 0).then(owed)


def _months_begun() -> pl.Expr:
    first, last = pl.col("start_date"), pl.col("end_date")
    months = (last.dt.year() - first.dt.year()) * 12 + last.dt.month() - first.dt.month()
    return (months + (last.dt.day() > first.dt.day()).cast(pl.Int32)).cast(pl.Int64)


def _first_holder() -> pl.Expr:
    """Return the programmes of which this row is the first holder within its contract; rows are in order."""
    return pl.sum_horizontal(
        pl.when(holds & (holds.cast(pl.UInt32).cum_sum().over(CONTRACT) == 1)).then(bit).otherwise(pl.lit(0, pl.UInt8))
        for bit in BITS.values()
        for holds in [(pl.col("programmes") & bit) != 0]
    ).cast(pl.UInt8)
