"""What a newcomer types by mistake, and the hint that is said aside: the answer and the exit code stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli import main
from tests import warehouse_rows
from tests.asked import asked_home
from warehouse.home import Home
from warehouse.publish import publish

REGIONS = (
    ("00", "national", "Indonesia", "negara", None, None),
    ("15", "province", "Jambi", "provinsi", "15", "Jambi"),
    ("15.02", "regency", "Kabupaten Merangin", "kabupaten", "15", "Jambi"),
    ("15.03", "regency", "Kabupaten Sarolangun", "kabupaten", "15", "Jambi"),
    ("15.05", "regency", "Kabupaten Muaro Jambi", "kabupaten", "15", "Jambi"),
    ("15.71", "regency", "Kota Jambi", "kota", "15", "Jambi"),
)
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a small published home whose regions bear their full names."""
    home = asked_home(tmp_path_factory.mktemp("slips"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(warehouse_rows, "REGIONS", REGIONS)
        warehouse_rows.load_regions(home.warehouse)
    publish(home.warehouse, home.published, "v2")
    return home


def hint(home: Home, capsys: Said, sql: str, code: int = 0) -> str:
    """Return what is said aside of a question, once it ended with `code`."""
    assert main(["query", "--home", str(home.root), sql, "--csv"]) == code
    said = capsys.readouterr()
    assert bool(said.out) == (code == 0)
    return said.err.strip()


@pytest.mark.parametrize(
    ("relation", "condition", "told"),
    [
        ("premium", "funding_source = 'APBD'", "funding_source tidak mengenal / has no APBD: APBD_REGENCY, APBD_PROVINCE"),
        ("premium", "funding_source NOT IN ('APBN', 'Donor')", "funding_source tidak mengenal / has no Donor: DONOR"),
        ("premium", "segment = 'UCJ'", "segment tidak mengenal / has no UCJ: PU, BPU, JAKON, PMI"),
        ("coverage c", "c.segment = 'bpu'", "segment tidak mengenal / has no bpu: BPU"),
        ("coverage", "level = 'kabupaten'", "level tidak mengenal / has no kabupaten: regency, province, national"),
        ("coverage", "level = 'provinsi'", "level tidak mengenal / has no provinsi: province"),
        ("coverage_as_of(DATE '2025-03-20')", "segment = 'pu'", "segment tidak mengenal / has no pu: PU"),
        ("fact_benefit", "benefit_type <> 'Santunan'", "benefit_type tidak mengenal / has no Santunan: SANTUNAN"),
        ("dim_programme", "programme = 'JHTT'", "programme tidak mengenal / has no JHTT: JHT"),
        ("coverage", "segment = 'UCJ' AND level IN ('regency', 'province')", ""),
        ("coverage JOIN premium USING (region_code)", "coverage.segment = 'UCJ'", ""),
        ("(SELECT 'Total' AS level FROM coverage)", "level = 'Total'", ""),
        ("dim_region", "kind = 'kota'", ""),
    ],
)  # fmt: skip
def test_a_value_that_a_column_does_not_have_is_answered_with_the_nearest(
    home: Home, relation: str, condition: str, told: str, capsys: Said
) -> None:
    assert hint(home, capsys, f"SELECT count(*) FROM {relation} WHERE {condition}") == told


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("region_name = 'Sarolangun'", "Kabupaten Sarolangun"),
        ("region_name = 'kab. sarolangun'", "Kabupaten Sarolangun"),
        ("region_name IN ('Jambi')", "Kota Jambi, Kabupaten Muaro Jambi"),
        ("province_name = 'Provinsi Jambi'", "Jambi"),
        ("region_name = 'Kabupaten Sarolangun'", ""),
        ("region_name = 'Kota Jambi'", ""),
        ("region_name = 'Atlantis'", ""),
    ],
)
def test_a_bare_name_that_finds_nothing_is_answered_with_full_names(
    home: Home, condition: str, told: str, capsys: Said
) -> None:
    column = condition.partition(" ")[0]
    said = hint(home, capsys, f"SELECT region_code FROM league_table WHERE {condition}")
    assert said == (f"{column} berisi nama lengkap / holds full names: {told}" if told else "")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("region_code = 15.1", "'15.10'"),
        ("region_code <> 15.03", "'15.03'"),
        ("region_code IN (1503)", "'15.03'"),
        ("province_code = 15", "'15'"),
        ("region_code = '15.10'", ""),
    ],
)
def test_a_code_compared_with_a_number_is_told_to_be_text(home: Home, condition: str, told: str, capsys: Said) -> None:
    said = hint(home, capsys, f"SELECT count(*) FROM coverage WHERE {condition}")
    assert said == (f"kode adalah teks / codes are text: {told}" if told else "")


@pytest.mark.parametrize("condition", ["region_code >= 15.03", "region_code BETWEEN 15.03 AND 16"])
def test_a_code_is_told_to_be_text_also_where_the_question_is_refused(home: Home, condition: str, capsys: Said) -> None:
    said = hint(home, capsys, f"SELECT count(*) FROM coverage WHERE {condition}", code=1)
    assert said.startswith("kode adalah teks / codes are text: '15.03'\n")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("SELECT sum(paid_idr) FROM premium WHERE region_code = '15'", "per regency: province_code = '15' dan"),
        ("SELECT arrears_idr FROM arrears WHERE region_code IN ('15')", "per regency: province_code = '15' dan"),
        ("SELECT count(*) FROM compliance WHERE region_code = '00'", "per regency: dan jumlahkan / and a sum"),
        ("SELECT cases FROM benefit WHERE level = 'province'", "per regency: GROUP BY province_code dan"),
        ("SELECT sum(paid_idr) FROM fact_premium WHERE region_code = '15'", "per regency: region_code LIKE '15.%' dan"),
        ("SELECT sum(paid_idr) FROM premium WHERE region_code = '15.03'", ""),
        ("SELECT month FROM coverage WHERE region_code = '15'", ""),
        ("SELECT period FROM fact_workforce WHERE region_code = '15'", ""),
        ("SELECT 1 FROM premium RIGHT JOIN dim_region r USING (region_code) WHERE r.region_code = '15'", ""),
    ],
)
def test_a_province_where_there_are_regencies_only_is_told_to_be_a_sum(
    home: Home, question: str, told: str, capsys: Said
) -> None:
    said = hint(home, capsys, question)
    assert told in said if told else said == ""


@pytest.mark.parametrize(
    ("month", "told"),
    [
        ("2025-03", "2025-03"), ("2025-3", "2025-03"), ("202503", "2025-03"), ("03/2025", "2025-03"), ("Maret 2025", "2025-03"),
        ("2025 Agustus", "2025-08"), ("Dec 2024", "2024-12"), ("2025-13-01", ""), ("2025", ""), ("bulan lalu", ""),
    ],
)  # fmt: skip
def test_a_month_in_words_is_answered_with_its_first_day(home: Home, month: str, told: str, capsys: Said) -> None:
    said = hint(home, capsys, f"FROM coverage WHERE month = '{month}'", code=1)
    assert said.endswith(f"a month is its first day: DATE '{told}-01'" if told else "is written DATE '2025-03-01'")


@pytest.mark.parametrize("name", ["claims", "mart.claims", "klaim"])
def test_claims_may_be_what_was_published_or_what_was_paid(home: Home, name: str, capsys: Said) -> None:
    said = hint(home, capsys, f"FROM {name}", code=1)
    assert "did you mean: claim_check (" in said and ", benefit (" in said


@pytest.mark.parametrize(
    ("inside", "told"), [(True, "this folder is a home: --home ."), (False, "cakupan run --source")]
)
def test_a_question_asked_inside_a_home_is_told_how_to_name_it(
    home: Home, tmp_path: Path, inside: bool, told: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.root if inside else tmp_path)
    assert main(["query", "FROM coverage", "--home", "demo"]) == 1
    assert told in capsys.readouterr().err
