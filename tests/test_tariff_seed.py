"""What the engine of premiums takes for granted about the rules of the seed."""

from __future__ import annotations

from decimal import Decimal

from tests.tariff_by_law import seed
from tests.tariff_document import published
from transforms.tariff import NO_CEILING
from transforms.tariff_memberships import SHARED_WITH_STATE


def test_the_numbers_of_the_seed_fit_the_scale_in_which_the_engine_counts() -> None:
    for rule in seed():
        rate = Decimal(rule["rate"] or 0)
        digits = 3 if rule["basis"] == "FRACTION_OF_NORMAL" else 6
        assert rate == round(rate, digits), rule["rule_id"]
        assert int(rule["wage_ceiling_idr"] or 0) < NO_CEILING


def test_the_state_pays_a_part_of_no_programme_but_those_that_are_named() -> None:
    assert {rule["programme"] for rule in seed() if rule["payer"] == "STATE"} == set(SHARED_WITH_STATE)


def test_a_programme_of_a_segment_is_priced_on_one_basis_and_under_one_ceiling_at_a_time() -> None:
    for case, _, rules in published():
        for names in rules.values():
            used = [rule for rule in seed() if rule["rule_id"] in names.split("*")[0].split("+")]
            assert len({rule["wage_ceiling_idr"] for rule in used}) <= 1, (case, names)
            assert len({rule["basis"] for rule in used}) <= 1, (case, names)
