"""Regions under every code and name that files use."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.geography import Gazetteer, gazetteer, hint, region_hints, region_key
from warehouse import lake
from warehouse.dialect import CodeSystem
from warehouse.rules import raw
from warehouse.schema import Parse
from warehouse.tables.dimensions import DimRegion, DimRegionCode
from warehouse.tables.membership import Membership

BANDUNG = "32.04 Kabupaten Bandung, 32.73 Kota Bandung"
SAROLANGUN = "15.03 Kabupaten Sarolangun"


def known(system: CodeSystem = "kemendagri", parse: Parse = Parse.REGENCY) -> Gazetteer:
    """Return the gazetteer of a code system."""
    return gazetteer(lake.seed(DimRegionCode).collect(), system, parse, lake.seed(DimRegion).collect())


def key(text: str) -> str:
    """Return the key of a text."""
    return str(pl.DataFrame({"text": [text]}).select(region_key(pl.col("text"))).item())


def hinted(*texts: str | None, system: CodeSystem = "kemendagri") -> list[str | None]:
    """Return what each text may mean."""
    frame = pl.LazyFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(hint(pl.col("text"), known(system))).collect(engine="streaming").to_series().to_list()


@pytest.mark.parametrize(
    "text", ["15.03", "1503", "1503.0", "KAB. SAROLANGUN", "Kabupaten Sarolangun", "kab sarolangun", "Sarolangun"]
)
def test_sarolangun_is_found_under_every_spelling(text: str) -> None:
    assert known().known[key(text)] == "15.03"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("KOTA BANDUNG", "32.73"),
        ("Kab. Bandung", "32.04"),
        ("KABUPATEN BANDUNG", "32.04"),
        ("Muko Muko", "17.06"),
        ("Mukomuko", "17.06"),
        ("Tanjung Balai", "12.74"),
        ("KOTA TANJUNGBALAI", "12.74"),
        ("Pahuwato", "75.04"),
        ("KAB. POHUWATO", "75.04"),
        ("KOTA ADM. JAKARTA PUSAT", "31.71"),
        ("Kota Administrasi Jakarta Pusat", "31.71"),
        ("Kab. Adm. Kepulauan Seribu", "31.01"),
        ("Kotabaru", "63.02"),
        ("91.01", "93.01"),
    ],
)
def test_spellings_and_codes_from_before_the_split_of_papua_lead_to_today(text: str, region: str) -> None:
    assert known().known[key(text)] == region


@pytest.mark.parametrize("name", ["Bandung", "Bekasi", "Sukabumi", "Sorong"])
def test_a_bare_name_that_a_kabupaten_and_a_kota_share_is_ambiguous(name: str) -> None:
    assert len(known().ambiguous[key(name)]) == 2
    assert key(name) not in known().known


def test_the_code_systems_swap_regencies_of_jambi() -> None:
    read = {system: [known(system).known[code] for code in ("1506", "1507", "1508", "1509")] for system in SYSTEMS}
    assert read == {"kemendagri": ["15.06", "15.07", "15.08", "15.09"], "bps": ["15.07", "15.06", "15.09", "15.08"]}


@pytest.mark.parametrize("system", ["kemendagri", "bps"])
def test_a_code_of_the_other_system_only_is_foreign_and_not_known(system: CodeSystem) -> None:
    found = known(system)
    assert found.foreign
    assert not found.foreign.keys() & found.known.keys()


def test_a_dotted_code_is_the_home_ministrys_whatever_is_declared() -> None:
    assert known().known[key("15.06")] == known().known[key("1506")] == "15.06"
    assert ("15.06" in known("bps").known, known("bps").foreign["15.06"]) == (False, ("15.06",))
    assert hinted("15.06", system="bps") == [
        "kode sistem lain untuk / the other system's code of: 15.06 Kabupaten Tanjung Jabung Barat"
    ]


def test_a_target_may_name_a_province_or_the_nation_and_a_regency_column_may_not() -> None:
    regions = known(parse=Parse.REGION).known
    assert (regions["15"], regions["00"], regions["1503"]) == ("15", "00", "15.03")
    assert (regions[key("Prov. Jambi")], regions[key("Aceh")], regions[key("Provinsi Papua Barat Daya")]) == (
        "15", "11", "96",
    )  # fmt: skip
    assert not {"15", "00", "ACEH"} & known().known.keys()


def test_a_name_that_a_province_and_a_city_share_is_ambiguous_where_both_may_stand() -> None:
    assert known(parse=Parse.REGION).ambiguous["JAMBI"] == ("15", "15.71")
    assert known().known["JAMBI"] == "15.71"


def test_an_ambiguous_name_is_told_its_candidates_in_both_languages() -> None:
    assert hinted("Bandung", " BANDUNG ") == [f"menunjuk beberapa wilayah / names several regions: {BANDUNG}"] * 2


@pytest.mark.parametrize("text", ["Sarolangn", "Sarolangunn", "Sorolangun", "Kab. Sarolanugn", "SARO-LANGON"])
def test_a_name_with_one_letter_less_more_changed_or_swapped_is_told_the_nearest(text: str) -> None:
    assert hinted(text) == [f"mungkin / perhaps: {SAROLANGUN}"]


def test_a_misspelt_ambiguous_name_is_told_all_that_are_near() -> None:
    assert hinted("Bandug") == [f"mungkin / perhaps: {BANDUNG}, 51.03 Kabupaten Badung"]


def test_a_code_of_the_other_system_is_told_what_it_means_there() -> None:
    said = "kode sistem lain untuk / the other system's code of"
    assert hinted("9417") == [f"{said}: 95.02 Kabupaten Pegunungan Bintang"]
    assert hinted("1472", system="bps") == [f"{said}: 14.72 Kota Dumai"]


@pytest.mark.parametrize("text", [None, "", "15.99", "9999", "1503014502900001", "BUDI SANTOSO", "Sar", "Sarolxxgun"])
def test_nothing_is_guessed_for_a_text_that_is_near_no_region(text: str | None) -> None:
    assert hinted(text, "Bandung")[0] is None


SYSTEMS: tuple[CodeSystem, ...] = ("kemendagri", "bps")


def test_short_names_and_short_texts_have_no_neighbours() -> None:
    assert hinted("Demakk") == ["mungkin / perhaps: 33.21 Kabupaten Demak"]
    assert hinted("Bimaa", "Demk") == [None, None]


@pytest.mark.parametrize(("regions", "is_told"), [(3, True), (4, False)])
def test_more_than_three_near_names_are_no_hint(regions: int, is_told: bool) -> None:
    names = {f"SELAT{letter}": f"11.0{number}" for number, letter in enumerate("ABCD"[:regions])}
    frame = pl.LazyFrame({"text": ["Selatx"]})
    found = frame.select(hint(pl.col("text"), Gazetteer(names, {}, {}))).collect().item()
    assert (found is not None) is is_told


def test_a_code_or_name_of_one_region_is_not_among_the_ambiguous() -> None:
    assert not set(known().known) & set(known().ambiguous)
    assert known().ambiguous["BANDUNG"] == ("32.04", "32.73")


def test_the_hints_of_a_row_name_the_column_and_rows_without_a_doubt_have_none() -> None:
    columns = {column.name: raw(column) for column in Membership.columns.values() if column.parse is Parse.REGENCY}
    frame = pl.LazyFrame(
        {
            columns["residence_code"]: ["Bandung", "15.03", "Bandung", None],
            columns["workplace_code"]: ["15.03", "15.03", "Sarolangn", None],
            "residence_code": [None, "15.03", None, None],
            "workplace_code": ["15.03", "15.03", None, None],
        },
        schema_overrides=dict.fromkeys([*columns, *columns.values()], pl.String),
    )
    lived = f"kode_kab_domisili menunjuk beberapa wilayah / names several regions: {BANDUNG}"
    worked = f"kode_kab_kerja mungkin / perhaps: {SAROLANGUN}"
    found = frame.select(region_hints(Membership, {Parse.REGENCY: known()})).collect().to_series()
    assert found.to_list() == [lived, None, f"{lived}; {worked}", None]
