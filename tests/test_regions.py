"""Regions through the gate: whatever code or name a file writes, rows land in the right region or say why not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from flows.entry import load_folder
from tests.corrected import receipts
from tests.endtoend import BEHIND_TRANSFORMS, ROOT, ask, assert_same, facts, left_out, mart_facts, standing
from tests.extracts import PLAIN, Row, memberships, write
from warehouse.home import Home

TITLES = ("Kabupaten Administrasi ", "Kota Administrasi ", "Kabupaten ", "Kota ")
SWAPPED_IN_JAMBI = ("15.06", "15.07", "15.08", "15.09")


def seed(name: str) -> list[Row]:
    """Return the rows of a seed, read without the product."""
    with (ROOT / "warehouse" / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


REGENCIES = {row["region_code"]: row for row in seed("regions") if row["level"] == "regency"}
OUTSIDE_PAPUA = {code: row for code, row in REGENCIES.items() if not code.startswith("9")}


def bare(name: str) -> str:
    """Return the name of a regency without what kind of regency it is."""
    return next(name.removeprefix(title) for title in TITLES if name.startswith(title))


def gated(folder: Path, texts: list[str], system: str = "kemendagri") -> dict[str, object]:
    """Return the result of a load of one file of contributions, one row per text in the region column."""
    return all_gated(folder, {"iuran_a.csv": texts}, system)


def all_gated(folder: Path, files: dict[str, list[str]], system: str) -> dict[str, object]:
    """Return the result of a load of such files by their names, up to what the transforms make of them."""
    plain = receipts("| npp |\n| P1 |")[0]
    rows = {name: [plain | {"kode_kab": text} for text in texts] for name, texts in files.items()}
    source = write(folder / "source", rows)
    config = folder / "cakupan.toml"
    config.write_text(f'[dialect]\ncode_system = "{system}"\n', encoding="utf-8")
    with left_out(*BEHIND_TRANSFORMS) as call:
        return load_folder(str(source), str(folder / "home"), config=str(config), call=call)


def resolved(folder: Path, texts: list[str], system: str = "kemendagri") -> dict[str, str]:
    """Return the region that each text resolved to at the gate, without those that were rejected."""
    result = gated(folder, texts, system)
    assert result["stopped_files"] == {}
    (path,) = (folder / "home" / "lake" / "iuran").glob("*.parquet")
    rows = pl.read_parquet(path).select("line_no", "region_code")
    return {texts[line - 2]: region for line, region in rows.iter_rows()}


def test_every_recoded_regency_of_papua_is_found_by_its_old_and_its_new_code(tmp_path: Path) -> None:
    changes = {row["old_code"]: row["new_code"] for row in seed("region_code_changes")}
    assert len(changes) == 26
    wanted = (
        changes | {new: new for new in changes.values()} | {old.replace(".", ""): new for old, new in changes.items()}
    )
    assert resolved(tmp_path, list(wanted)) == wanted


def test_old_codes_and_new_codes_give_the_same_figures_at_every_level(tmp_path: Path) -> None:
    for place in ("old_code", "new_code"):
        rows = [membership for number, change in enumerate(seed("region_code_changes"))
                for membership in _people(number, change[place])]  # fmt: skip
        found = [
            PLAIN["penduduk_bekerja"] | {"kode_kab": one[place], "penduduk_bekerja": "10"}
            for one in seed("region_code_changes")
        ]
        source = write(tmp_path / place, {"kepesertaan_202503.csv": rows, "penduduk_bekerja.csv": found})
        result = load_folder(str(source), str(tmp_path / f"{place}_home"))
        assert (result["stopped_files"], result["rows_rejected"], result["stopped_months"]) == ({}, 0, {})
    old, new = (tmp_path / f"{place}_home" for place in ("old_code", "new_code"))
    assert_same(standing(Home(old).warehouse, facts()), standing(Home(new).warehouse, facts()))
    assert_same(standing(Home(old).current, mart_facts()), standing(Home(new).current, mart_facts()))
    level = "CASE length(region_code) WHEN 5 THEN 'regency' ELSE region_code END"
    counted = ask(
        old,
        f"SELECT {level}, sum(active_workers)::INT, sum(eligible_workers)::INT FROM mart.fact_coverage"
        " WHERE basis = 'RESIDENCE' AND segment = 'UCJ' AND active_workers > 0 GROUP BY 1 ORDER BY 1",
    )
    provinces = {code[:2] for code in (row["new_code"] for row in seed("region_code_changes"))}
    assert [region for region, *_ in counted] == ["00", *sorted(provinces), "regency"]
    assert {region: people for region, people, _ in counted if region in ("00", "regency")} == {"00": 78, "regency": 78}
    assert sum(people for region, people, _ in counted if region in provinces) == 78


def _people(number: int, code: str) -> list[Row]:
    table = f"| orang | segmen |\n| {3 * number + 1}-{3 * number + 3} | PU |"
    return memberships("2025-03", "2025-03-31", table, kode_kab_domisili=code, kode_kab_kerja=code)


def test_every_bps_code_leads_to_its_regency_and_157_of_them_would_be_others_in_the_other_system(
    tmp_path: Path,
) -> None:
    by_bps = {row["bps_code"]: code for code, row in REGENCIES.items() if row["bps_code"]}
    differing = {bps for bps, code in by_bps.items() if code in OUTSIDE_PAPUA and bps != code.replace(".", "")}
    assert len(differing) == 157
    assert resolved(tmp_path / "bps", list(by_bps), "bps") == by_bps
    own = {code.replace(".", ""): code for code in REGENCIES}
    assert resolved(tmp_path / "kemendagri", list(own)) == own
    assert sum(own.get(bps, by_bps[bps]) != by_bps[bps] for bps in differing) >= 150


def test_every_name_of_every_edition_leads_to_its_region(tmp_path: Path) -> None:
    names = {row["code"]: row["region_code"] for row in seed("region_codes") if row["system"] == "name"}
    assert set(names.values()) == set(REGENCIES)
    assert resolved(tmp_path, list(names)) == names


def test_a_bare_name_leads_to_its_region_unless_a_kabupaten_and_a_kota_share_it(tmp_path: Path) -> None:
    bearers: dict[str, list[str]] = {}
    for code, row in REGENCIES.items():
        bearers.setdefault(bare(row["name"]), []).append(code)
    alone = {name: codes[0] for name, codes in bearers.items() if len(codes) == 1}
    shared = {name: codes for name, codes in bearers.items() if len(codes) > 1}
    assert len(shared) == 26
    padding = [name for name in alone for _ in range(2)]
    assert resolved(tmp_path, [*alone, *shared, *padding]) == alone
    kept = ask(tmp_path / "home", "SELECT line_no, rules, masked_row FROM ops.rejection")
    texts = [*alone, *shared]
    for line, rules, masked in kept:
        first, second = shared[texts[line - 2]]
        told = f"{first} {REGENCIES[first]['name']}, {second} {REGENCIES[second]['name']}"
        assert rules == "kode_kab_ambiguous"
        assert json.loads(masked)["hints"] == f"kode_kab menunjuk beberapa wilayah / names several regions: {told}"
    assert len(kept) == len(shared)


def test_the_report_names_the_candidates_of_rejected_names_and_how_many_rows_have_them(tmp_path: Path) -> None:
    result = gated(tmp_path, [*["15.03"] * 60, "Bandung", "Bandung", "Sarolangn"])
    report = (tmp_path / "home" / "reports" / f"run-{result['run_id']}.md").read_text(encoding="utf-8")
    assert (
        "2 baris ditolak / rows rejected: kode_kab menunjuk beberapa wilayah / names several regions:"
        " 32.04 Kabupaten Bandung, 32.73 Kota Bandung" in report
    )
    assert "1 baris ditolak / rows rejected: kode_kab mungkin / perhaps: 15.03 Kabupaten Sarolangun" in report


def test_of_two_region_columns_each_is_told_what_it_may_mean_and_no_name_of_a_person_shows(tmp_path: Path) -> None:
    rows = memberships("2025-03", "2025-03-31", "| orang | segmen |\n| 1-60 | PU |")
    rows[0] |= {"kode_kab_domisili": "Bekasi", "kode_kab_kerja": "Jamby"}
    rows[1] |= {"kode_kab_domisili": "BUDI SANTOSO"}
    source = write(tmp_path / "source", {"kepesertaan_a.csv": rows})
    load_folder(str(source), str(tmp_path / "home"))
    first, second = (
        json.loads(row) for (row,) in ask(tmp_path / "home", "SELECT masked_row FROM ops.rejection ORDER BY line_no")
    )
    assert first["hints"] == (
        "kode_kab_domisili menunjuk beberapa wilayah / names several regions: 32.16 Kabupaten Bekasi, 32.75 Kota Bekasi;"
        " kode_kab_kerja mungkin / perhaps: 15.71 Kota Jambi"
    )
    assert second["hints"] is None
    assert "SANTOSO" not in json.dumps(second)


def written_in(system: str, province: str) -> list[str]:
    """Return the regencies of a province as a system writes them."""
    return [
        row["bps_code"] if system == "bps" else code.replace(".", "")
        for code, row in REGENCIES.items()
        if code.startswith(province)
    ]


def exclusive(system: str) -> set[str]:
    """Return the provinces of today in which the system has a code that the other has not, anywhere in the country."""
    own, other = (
        {row["code"].replace(".", "") for row in seed("region_codes") if row["system"] == one and len(row["code"]) >= 4}
        for one in (system, "kemendagri" if system == "bps" else "bps")
    )
    return {code[:2] for code, row in REGENCIES.items() if _written(code, row, system) in own - other}


def _written(code: str, row: Row, system: str) -> str:
    return row["bps_code"] if system == "bps" else code.replace(".", "")


@pytest.mark.parametrize(("written", "declared"), [("bps", "kemendagri"), ("kemendagri", "bps")])
def test_a_file_of_one_province_in_the_wrong_system_stops_where_a_code_gives_it_away(
    written: str, declared: str, tmp_path: Path
) -> None:
    telling = exclusive(written)
    assert {"14", "64", "73"} <= telling
    assert not telling & {"15", "32", "35"}
    files = {f"iuran_{province}.csv": written_in(written, province) * 2 for province in telling}
    stops = all_gated(tmp_path, files, declared)["stopped_files"]
    assert isinstance(stops, dict)
    unseen = [name for name in files if not any("kode_kab_code_system" in why for why in stops.get(name, ()))]
    assert unseen == []


def test_dotted_codes_give_the_home_ministry_away_where_the_digits_would_not(tmp_path: Path) -> None:
    result = gated(tmp_path, [code for code in REGENCIES if code.startswith("15")], "bps")
    stops = result["stopped_files"]
    assert isinstance(stops, dict)
    assert any("kode_kab_code_system" in why for why in stops["iuran_a.csv"])
    assert not list((tmp_path / "home" / "lake" / "iuran").glob("*.parquet"))


def test_swapped_codes_of_jambi_cannot_be_told_from_codes_and_land_in_each_other(tmp_path: Path) -> None:
    codes = [code.replace(".", "") for code in SWAPPED_IN_JAMBI]
    found = resolved(tmp_path, codes, "bps")
    assert found == dict(zip(codes, ("15.07", "15.06", "15.09", "15.08"), strict=True))


def test_dim_region_keeps_since_when_codes_hold_and_dim_region_code_every_code_that_ever_held(tmp_path: Path) -> None:
    gated(tmp_path, ["15.03"])
    current = tmp_path / "home"
    dated = "SELECT region_code, valid_from::VARCHAR FROM mart.dim_region WHERE valid_from IS NOT NULL ORDER BY 1"
    assert ask(current, dated) == [
        ("93", "2022-07-25"), ("94", "2022-07-25"), ("95", "2022-07-25"), ("96", "2022-12-08"),
    ]  # fmt: skip
    assert ask(current, "SELECT count(*) FROM mart.dim_region WHERE valid_to IS NOT NULL") == [(0,)]
    old = "SELECT code, region_code FROM mart.dim_region_code WHERE system = 'kemendagri' AND code <> region_code ORDER BY 1"
    assert ask(current, old) == sorted((row["old_code"], row["new_code"]) for row in seed("region_code_changes"))
    editions = f"SELECT count(*)::INT, max(edition) < '2025' FROM mart.dim_region_code WHERE code IN (SELECT code FROM ({old}))"
    assert ask(current, editions) == [(26, True)]
    lost = "FROM mart.dim_region r LEFT JOIN mart.dim_region_code c ON c.region_code = r.region_code"
    for system, code in (("kemendagri", "r.region_code"), ("bps", "r.bps_code")):
        missing = f"SELECT count(*) {lost} AND c.system = '{system}' AND c.code = {code} WHERE {code} <> '00' AND c.code IS NULL"
        assert ask(current, missing) == [(0,)]
    unknown = (
        "SELECT count(*) FROM mart.dim_region_code WHERE region_code NOT IN (SELECT region_code FROM mart.dim_region)"
    )
    assert ask(current, unknown) == [(0,)]
