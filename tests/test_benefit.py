"""Benefits count once, in the month in which they were paid and in the regency that the claim names."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from expectations.identities import check_identities
from tests.asciitable import assert_table, table
from tests.endtoend import ask, load_unshown
from tests.extracts import Files, Row, rows, write
from transforms.graph import build
from warehouse.calendar import Version
from warehouse.rules import messages
from warehouse.tables.benefit import Claim, FactBenefit

MID_MARCH, MARCH_ENDED, MID_APRIL = "2025-03-16", "2025-03-31", "2025-04-16"
STANDING = """
    SELECT strftime(month, '%Y-%m'), as_of_date::TEXT, benefit_type, cases, paid_idr
    FROM mart.fact_benefit WHERE superseded_at IS NULL ORDER BY ALL
"""
GOOD = """
    | no_klaim | tgl_kejadian | tgl_bayar  | jenis_manfaat | jumlah   |
    | A/1      | 2025-01-20   | 2025-02-28 | SANTUNAN      | 20000000 |
    | A/2      | 2025-01-20   | 2025-02-28 | PEMAKAMAN     | 10000000 |
    | A/3      | -            | 2025-03-01 | SANTUNAN      | 20000000 |
    | A/4      | 2025-03-16   | 2025-03-16 | SANTUNAN      | 0        |
"""
FEBRUARY = [("2025-02", MID_MARCH, "PEMAKAMAN", 1, 10_000_000), ("2025-02", MID_MARCH, "SANTUNAN", 1, 20_000_000)]
MARCH = [("2025-03", MID_MARCH, "SANTUNAN", 2, 20_000_000)]


def claims(text: str, as_of: str = MID_MARCH) -> list[Row]:
    """Return the claims of a text table as seen on a day."""
    return rows("klaim", text, tgl_data=as_of)


def loaded(place: Path, files: Files) -> dict[str, Any]:
    """Return the result of a load of these files into the home of a place."""
    return load_unshown(write(place / "source", files), place / "home")


def test_claims_are_counted_and_added_up_by_regency_programme_and_benefit_type() -> None:
    paid = table(
        Claim,
        """
        | region_code | programme | benefit_type | paid_idr   |
        | 15.03       | JKM       | SANTUNAN     | 20_000_000 |
        | 15.03       | JKM       | SANTUNAN     | 20_000_000 |
        | 15.03       | JKM       | BEASISWA     | 1_500_000  |
        | 15.03       | JKK       | BEASISWA     | 3_000_000  |
        | 15.04       | JKM       | SANTUNAN     | 0          |
        """,
    )
    version = Version(date(2025, 3, 1), date(2025, 3, 16))
    assert_table(
        build([FactBenefit], {Claim: paid}, version)[FactBenefit],
        """
        | region_code | month   | as_of_date | programme | benefit_type | cases | paid_idr   |
        | 15.03       | 2025-03 | 2025-03-16 | JKM       | SANTUNAN     | 2     | 40_000_000 |
        | 15.03       | 2025-03 | 2025-03-16 | JKM       | BEASISWA     | 1     | 1_500_000  |
        | 15.03       | 2025-03 | 2025-03-16 | JKK       | BEASISWA     | 1     | 3_000_000  |
        | 15.04       | 2025-03 | 2025-03-16 | JKM       | SANTUNAN     | 1     | 0          |
        """,
        FactBenefit,
    )


def test_claims_and_rupiah_that_the_lake_has_and_the_fact_has_not_are_noticed() -> None:
    fact = table(FactBenefit, "| cases | paid_idr |\n| 2 | 30 |\n| 1 | 12 |").collect()
    for known, found in (({"claims": 3, "claims_idr": 43}, "paid_idr"), ({"claims": 4, "claims_idr": 42}, "cases")):
        checks = check_identities({FactBenefit: fact}, known, "2025-03")
        assert [one.rule for one in checks if not one.success] == [f"{found}_conserved"]


def test_a_file_of_several_months_loads_each_month_of_payment_without_any_membership(tmp_path: Path) -> None:
    told = loaded(tmp_path, {"klaim_15.csv": claims(GOOD)})
    assert (told["state"], told["months_loaded"]) == ("LOADED", {"2025-02": 2, "2025-03": 1})
    assert ask(tmp_path / "home", STANDING) == FEBRUARY + MARCH
    kept = "SELECT DISTINCT expectation, success FROM ops.check_result WHERE suite = 'fact_benefit' AND expectation LIKE '%conserved' ORDER BY ALL"
    assert ask(tmp_path / "home", kept) == [("cases_conserved", True), ("paid_idr_conserved", True)]
    shown = "SELECT region_name, sum(cases)::INT, sum(paid_idr)::BIGINT FROM mart.benefit GROUP BY ALL"
    assert ask(tmp_path / "home", shown) == [("Kabupaten Sarolangun", 4, 50_000_000)]


def test_a_restatement_replaces_the_months_it_holds_and_what_was_known_before_stays_known(tmp_path: Path) -> None:
    first = loaded(tmp_path, {"klaim_15.csv": claims(GOOD)})
    again = """
        | no_klaim | tgl_bayar  | jumlah   |
        | A/3      | 2025-03-01 | 21000000 |
    """
    second = loaded(tmp_path, {"klaim_15.csv": claims(again)})
    assert list(first["months_loaded"]) == ["2025-02", "2025-03"]
    assert list(second["months_loaded"]) == ["2025-03"]
    assert ask(tmp_path / "home", STANDING) == [*FEBRUARY, ("2025-03", MID_MARCH, "SANTUNAN", 1, 21_000_000)]
    history = "SELECT sum(paid_idr)::BIGINT FROM mart.benefit_history WHERE month = '2025-03-01'"
    assert ask(tmp_path / "home", history) == [(41_000_000,)]


def test_the_newest_day_on_which_a_month_was_seen_is_the_one_shown(tmp_path: Path) -> None:
    late = """
        | no_klaim | tgl_bayar  | jumlah   |
        | A/3      | 2025-03-01 | 20000000 |
        | A/5      | 2025-03-30 | 20000000 |
        | A/6      | 2025-03-31 | 20000000 |
    """
    loaded(tmp_path, {"klaim_a.csv": claims(GOOD), "klaim_b.csv": claims(late, MARCH_ENDED)})
    closed = ("2025-03", MARCH_ENDED, "SANTUNAN", 3, 60_000_000)
    assert ask(tmp_path / "home", STANDING) == [*FEBRUARY, *MARCH, closed]
    march = "SELECT sum(cases)::INT FROM {} WHERE month = '2025-03-01'"
    assert ask(tmp_path / "home", march.format("mart.benefit")) == [(3,)]
    assert ask(tmp_path / "home", march.format("mart.benefit_as_of(DATE '2025-03-30')")) == [(2,)]


def test_claims_of_a_month_leave_other_months_alone(tmp_path: Path) -> None:
    files = {
        "klaim_a.csv": claims(GOOD),
        "iuran_202502.csv": rows("iuran", "| tgl_bayar |\n| 2025-03-10 |", blth="2025-02", tgl_data=MARCH_ENDED),
    }
    loaded(tmp_path, files)
    april = "| no_klaim | tgl_bayar |\n| A/9 | 2025-04-02 |"
    told = loaded(tmp_path, files | {"klaim_b.csv": claims(april, MID_APRIL)})
    assert list(told["months_loaded"]) == ["2025-04"]
    assert told["months_unchanged"] == 2


def test_a_claim_that_stands_in_two_files_of_a_month_counts_once(tmp_path: Path) -> None:
    many = "\n".join(["| no_klaim | tgl_bayar |", *(f"| B/{number} | 2025-03-02 |" for number in range(40))])
    copy = "| no_klaim | tgl_bayar |\n| B/7 | 2025-03-02 |"
    files = {"klaim_a.csv": claims(copy), "klaim_b.csv": claims(many)}
    told = loaded(tmp_path, files)
    assert told["rejected_rules"] == {"duplicate_row": 1}
    assert ask(tmp_path / "home", "SELECT cases FROM mart.fact_benefit") == [(40,)]


BAD = {
    "duplicate_row": {"no_klaim": "C/1"},
    "no_klaim_missing": {"no_klaim": ""},
    "no_klaim_holds_nik": {"no_klaim": "C-1503014502900001"},
    "tgl_data_missing": {"tgl_data": ""},
    "kpj_missing": {"kpj": ""},
    "kpj_format": {"kpj": "26133-00001"},
    "program_unknown": {"program": "JKX"},
    "jenis_manfaat_unknown": {"jenis_manfaat": "PINJAMAN"},
    "jenis_manfaat_missing": {"jenis_manfaat": ""},
    "tgl_kejadian_unreadable": {"tgl_kejadian": "31-02-2025"},
    "tgl_bayar_missing": {"tgl_bayar": ""},
    "tgl_bayar_unreadable": {"tgl_bayar": "2025-02-30"},
    "paid_before_event": {"tgl_kejadian": "2025-03-06"},
    "paid_after_as_of": {"tgl_bayar": "2025-03-17"},
    "jumlah_negative": {"jumlah": "-1"},
    "jumlah_unreadable": {"jumlah": "42 juta"},
    "kode_kab_unknown": {"kode_kab": "15.99"},
    "kode_kab_ambiguous": {"kode_kab": "BEKASI"},
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one file of good claims, and one bad one for every rule behind them."""
    place = tmp_path_factory.mktemp("judged")
    text = "\n".join(["| no_klaim | tgl_bayar |", *(f"| C/{number} | 2025-03-05 |" for number in range(400))])
    good = claims(text)
    bad = [good[0] | {"no_klaim": f"D/{number}"} | wrong for number, wrong in enumerate(BAD.values())]
    loaded(place, {"klaim_15.csv": [*good, *bad]})
    return place / "home"


@pytest.mark.parametrize("rule", BAD)
def test_a_bad_claim_is_rejected_by_the_one_rule_it_breaks_and_told_in_both_languages(rule: str, judged: Path) -> None:
    line = 402 + list(BAD).index(rule)
    assert ask(judged, f"SELECT rules FROM ops.rejection WHERE line_no = {line}") == [(rule,)]
    told = messages(Claim)[rule]
    assert told.en != told.id and told.en and told.id


def test_good_claims_stand_beside_the_bad_ones(judged: Path) -> None:
    assert ask(judged, "SELECT sum(cases)::INT FROM mart.fact_benefit") == [(400,)]


def test_no_number_of_a_claim_reaches_the_database(judged: Path) -> None:
    texts = ask(judged, "SELECT masked_row FROM ops.rejection")
    assert len(texts) == len(BAD)
    assert not [text for (text,) in texts if "D/" in text or "C/" in text or "C-1" in text]
