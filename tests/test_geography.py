"""Regions under every code and name that files use."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.geography import Gazetteer, gazetteer, region_key
from warehouse import lake
from warehouse.dialect import CodeSystem
from warehouse.schema import Parse
from warehouse.tables.dimensions import DimRegionCode


def known(system: CodeSystem, parse: Parse = Parse.REGENCY) -> Gazetteer:
    """Return the gazetteer of a code system."""
    return gazetteer(lake.seed(DimRegionCode).collect(), system, parse)


def key(text: str) -> str:
    """Return the key of a text."""
    return str(pl.DataFrame({"text": [text]}).select(region_key(pl.col("text"))).item())


@pytest.mark.parametrize(
    "text", ["15.03", "1503", "1503.0", "KAB. SAROLANGUN", "Kabupaten Sarolangun", "kab sarolangun", "Sarolangun"]
)
def test_sarolangun_is_found_under_every_spelling(text: str) -> None:
    assert known("kemendagri").known[key(text)] == "15.03"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("KOTA BANDUNG", "32.73"),
        ("Kab. Bandung", "32.04"),
        ("Muko Muko", "17.06"),
        ("Mukomuko", "17.06"),
        ("KOTA ADM. JAKARTA PUSAT", "31.71"),
        ("Kotabaru", "63.02"),
        ("91.01", "93.01"),
    ],
)
def test_spellings_and_codes_from_before_the_split_of_papua_lead_to_today(text: str, region: str) -> None:
    assert known("kemendagri").known[key(text)] == region


@pytest.mark.parametrize("name", ["Bandung", "Bekasi", "Sukabumi", "Sorong"])
def test_a_bare_name_that_a_kabupaten_and_a_kota_share_is_ambiguous(name: str) -> None:
    assert key(name) in known("kemendagri").ambiguous
    assert key(name) not in known("kemendagri").known


def test_the_code_systems_swap_two_regencies_of_jambi() -> None:
    assert (known("kemendagri").known["1506"], known("bps").known["1506"]) == ("15.06", "15.07")


def test_a_code_of_the_other_system_only_is_foreign_and_not_known() -> None:
    for system in ("kemendagri", "bps"):
        found = known(system)
        assert found.foreign
        assert not found.foreign & set(found.known)


def test_a_target_may_name_a_province_or_the_nation_and_a_regency_column_may_not() -> None:
    regions = known("kemendagri", Parse.REGION).known
    assert (regions["15"], regions["00"], regions["1503"]) == ("15", "00", "15.03")
    assert not {"15", "00"} & set(known("kemendagri").known)
