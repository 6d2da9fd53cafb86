"""The reference data are whole, consistent with themselves, and cite their sources."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[1] / "warehouse" / "seeds"
README = (SEEDS / "README.md").read_text(encoding="utf-8")
Row = dict[str, str]

KEYS = {
    "arrears_classes": ["arrears_class"],
    "benefits": ["programme", "benefit"],
    "contribution_parameters": ["parameter", "segment", "effective_from"],
    "contribution_rules": ["rule_id"],
    "employer_obligations": ["scale", "effective_from"],
    "employer_scales": ["scale"],
    "funding_sources": ["funding_source"],
    "jambi_calibration": ["region_code"],
    "membership_rules": ["parameter", "segment", "effective_from"],
    "programmes": ["programme"],
    "published_figures": ["row_id"],
    "region_codes": ["system", "code"],
    "region_code_changes": ["old_code"],
    "regions": ["region_code"],
    "sectors": ["sector"],
    "segments": ["segment"],
    "targets": ["region_code", "year", "frame"],
}
PAPUA = {"91", "92", "93", "94", "95", "96"}
WORKPLACE_WORDS = re.compile(
    r"find[_]string|read[_]file|\bids? \d{6,}|from memory|\bsession\b|\bhelper\b|/wor[k]/|/tm[p]/", re.IGNORECASE
)


def seed(name: str) -> list[Row]:
    """Rows of one seed file, every value as text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def regencies() -> list[Row]:
    """The 514 regencies."""
    return [row for row in seed("regions") if row["level"] == "regency"]


def todays_region() -> dict[tuple[str, str], str]:
    """Today's region by (system, code)."""
    return {(row["system"], row["code"]): row["region_code"] for row in seed("region_codes")}


def test_every_seed_file_is_known_here_and_described_in_the_readme() -> None:
    assert {path.stem for path in SEEDS.glob("*.csv")} == set(KEYS)
    assert [name for name in KEYS if f"**{name}.csv**" not in README] == []


@pytest.mark.parametrize("name", KEYS)
def test_a_file_is_tidy(name: str) -> None:
    raw = (SEEDS / f"{name}.csv").read_bytes()
    assert raw and b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n")
    for row in seed(name):
        assert None not in row and None not in row.values()
        assert all(value == value.strip() and "  " not in value for value in row.values()), row
        assert not WORKPLACE_WORDS.search(" ".join(row.values())), row


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique_and_sorted(name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name]) for row in seed(name)]
    ordered = sorted(keys, key=lambda key: int(key[0])) if name == "published_figures" else sorted(keys)
    assert keys == ordered
    assert len(set(keys)) == len(keys)
    assert all(all(key) for key in keys)


def test_there_are_514_regencies_38_provinces_and_one_nation() -> None:
    levels = [row["level"] for row in seed("regions")]
    assert (levels.count("regency"), levels.count("province"), levels.count("national")) == (514, 38, 1)


def test_a_regency_belongs_to_the_province_its_code_begins_with() -> None:
    provinces = {row["region_code"]: row["name"] for row in seed("regions") if row["level"] == "province"}
    for row in regencies():
        assert row["province_code"] == row["region_code"][:2]
        assert row["province_name"] == provinces[row["province_code"]]
        assert row["name"].lower().startswith(row["kind"])


def test_provinces_and_nation_add_up_their_regencies() -> None:
    regions = seed("regions")
    for total in (row for row in regions if row["level"] != "regency"):
        members = [row for row in regencies() if total["region_code"] in ("00", row["province_code"])]
        assert int(total["population"]) == sum(int(row["population"]) for row in members)
        areas = [row["area_km2"] for row in members]
        if all(areas):
            assert Decimal(total["area_km2"]) == sum(map(Decimal, areas))
        else:
            assert total["area_km2"] == ""


def test_every_bps_code_is_there_once() -> None:
    codes = [row["bps_code"] for row in regencies()]
    assert len(set(codes)) == 514
    assert all(re.fullmatch(r"\d{4}", code) for code in codes)


@pytest.mark.parametrize("name", ["region_codes", "targets", "jambi_calibration"])
def test_every_region_code_exists(name: str) -> None:
    known = {row["region_code"] for row in seed("regions")}
    assert {row["region_code"] for row in seed(name)} <= known


def test_every_published_figure_speaks_of_a_known_region() -> None:
    regions = {row["region_code"]: row for row in seed("regions")}
    for row in seed("published_figures"):
        region = regions[row["kode_kemendagri"]]
        assert row["level"] == region["level"]
        assert row["kode_bps_2020"] in ("", region["bps_code"])


@pytest.mark.parametrize(
    ("system", "code", "region"),
    [
        ("bps", "1506", "15.07"),
        ("bps", "1507", "15.06"),
        ("bps", "1508", "15.09"),
        ("bps", "1509", "15.08"),
        ("bps", "1503", "15.03"),
        ("kemendagri", "15.06", "15.06"),
        ("kemendagri", "91.01", "93.01"),
        ("kemendagri", "92.71", "96.71"),
        ("name", "KOTA TANJUNG BALAI", "12.74"),
        ("name", "Kota Tanjungbalai", "12.74"),
        ("name", "KAB. MUKO MUKO", "17.06"),
        ("name", "KAB. PAHUWATO", "75.04"),
        ("name", "KAB MALUKU TENGGARA BARAT", "81.03"),
    ],
)
def test_a_code_or_name_leads_to_todays_region(system: str, code: str, region: str) -> None:
    assert todays_region()[system, code] == region


def test_the_two_code_systems_disagree_as_often_as_documented() -> None:
    outside_papua = [row for row in regencies() if row["province_code"] not in PAPUA]
    differing = [row for row in outside_papua if row["bps_code"] != row["region_code"].replace(".", "")]
    assert (len(outside_papua), len(differing)) == (472, 157)
    bps = {row["bps_code"]: row["region_code"] for row in regencies()}
    traps = [
        row
        for row in regencies()
        if bps.get(row["region_code"].replace(".", ""), row["region_code"]) != row["region_code"]
    ]
    assert len(traps) == 164
    assert "157 of the 472" in README and "164 four-digit" in README


def test_every_region_is_found_by_its_own_code_and_every_regency_by_its_bps_code_and_name() -> None:
    found = todays_region()
    for row in seed("regions"):
        if row["level"] != "national":
            assert found["kemendagri", row["region_code"]] == row["region_code"]
    for row in regencies():
        assert found["bps", row["bps_code"]] == row["region_code"]
        assert found["name", row["name"]] == row["region_code"]


def test_twenty_six_old_codes_lead_elsewhere() -> None:
    moved = [row for row in seed("region_codes") if row["system"] == "kemendagri" and row["code"] != row["region_code"]]
    assert len(moved) == 26
    assert {row["region_code"][:2] for row in moved} == {"93", "94", "95", "96"}


@pytest.mark.parametrize("name", [name for name in KEYS if "effective_from" in seed(name)[0]])
def test_ranges_are_dates_in_order(name: str) -> None:
    for row in seed(name):
        days = [row["effective_from"], row.get("effective_to", "")]
        assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for day in days if day), row
        assert days[0] or name == "benefits", row
        assert not days[1] or days[0] <= days[1], row


def test_every_row_of_law_is_cited() -> None:
    for name in KEYS:
        for row in seed(name):
            law = row.get("legal_ref", row.get("legal_reference"))
            assert law is None or law, (name, row)
            confidence = row.get("confidence")
            assert confidence in (None, "high", "medium", "low"), (name, row)
            if confidence == "high" and "source_url" in row:
                assert row["source_url"].startswith("http"), (name, row)


def test_sections_share_no_division() -> None:
    divisions = [
        number
        for row in seed("sectors")
        if row["sector"] != "X"
        for number in range(int(row["division_from"]), int(row["division_to"]) + 1)
    ]
    assert len(divisions) == len(set(divisions)) == 88
    assert "".join(row["sector"] for row in seed("sectors")) == "ABCDEFGHIJKLMNOPQRSTUX"


def test_targets_are_fractions_in_known_frames() -> None:
    for row in seed("targets"):
        assert row["frame"] in {"RPJMN", "RPJPN", "KEMENDAGRI", "DAERAH"}
        assert 0 < Decimal(row["target_ratio"]) <= 1


def test_sarolangun_has_two_targets_for_2025() -> None:
    found = {
        row["frame"]: (row["target_ratio"], row["target_workers"])
        for row in seed("targets")
        if (row["region_code"], row["year"]) == ("15.03", "2025")
    }
    assert found == {"KEMENDAGRI": ("0.6262", "70538"), "DAERAH": ("0.9620", "")}


def test_the_calibration_of_sarolangun_is_what_its_claim_implies() -> None:
    claim = next(row for row in seed("published_figures") if row["row_id"] == "1")
    row = next(row for row in seed("jambi_calibration") if row["region_code"] == claim["kode_kemendagri"])
    assert row["active_workers"] == claim["workers_covered"]
    assert int(row["eligible_workers"]) == round(
        Decimal(claim["workers_covered"]) / Decimal(claim["coverage_pct"]) * 100
    )


def test_the_calibration_covers_jambi_and_is_marked_synthetic() -> None:
    rows = seed("jambi_calibration")
    assert {row["region_code"] for row in rows} == {
        row["region_code"] for row in regencies() if row["province_code"] == "15"
    }
    assert [row["region_code"] for row in rows if row["basis"] != "SYNTHETIC"] == ["15.03"]
    for row in rows:
        assert int(row["employed_workers"]) - int(row["excluded_workers"]) == int(row["eligible_workers"])
        share = Decimal(row["active_workers"]) / Decimal(row["eligible_workers"])
        assert abs(share - Decimal(row["covered_share"])) < Decimal("0.0001")


def test_the_map_draws_exactly_todays_regencies() -> None:
    topology = json.loads((SEEDS / "regencies.topo.json").read_text(encoding="utf-8"))
    (layer,) = topology["objects"].values()
    drawn = {shape["properties"]["kode"] for shape in layer["geometries"]}
    assert drawn == {row["region_code"] for row in seed("regions") if row["level"] == "regency"}


def test_every_changed_code_leads_to_its_new_one() -> None:
    codes = {row["code"]: row["region_code"] for row in seed("region_codes") if row["system"] == "kemendagri"}
    changes = seed("region_code_changes")
    assert len(changes) == 26
    assert {row["old_code"]: codes[row["old_code"]] for row in changes} == {
        row["old_code"]: row["new_code"] for row in changes
    }
