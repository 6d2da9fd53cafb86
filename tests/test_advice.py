"""What a file's own texts say about how it is written, and what must be asked."""

from __future__ import annotations

import polars as pl
import pytest

from flows.gating import gazetteers
from flows.inspecting.advice import Advice, advice
from transforms.geography import Gazetteer
from transforms.sniffing import evidence
from warehouse.dialect import CodeSystem
from warehouse.rules import raw
from warehouse.schema import Extract, Parse
from warehouse.tables.indicator import Indicator
from warehouse.tables.membership import Membership
from warehouse.tables.workforce import Workforce

SYSTEMS: dict[CodeSystem, dict[Parse, Gazetteer]] = {"kemendagri": gazetteers("kemendagri"), "bps": gazetteers("bps")}


def advised(table: type[Extract] = Membership, /, **cells: list[str]) -> dict[str, Advice]:
    """Return the advice on a file with these texts, by setting; columns may be of unequal length."""
    height = max(map(len, cells.values()), default=1)
    texts = {raw(column): pad(cells.get(name, []), height) for name, column in table.arriving().items()}
    frame = pl.LazyFrame(texts, schema=dict.fromkeys(texts, pl.String))
    found = evidence(frame, table, SYSTEMS).collect().row(0, named=True)
    return {one.key: one for one in advice(found, table)}


def pad(texts: list[str], height: int) -> list[str | None]:
    """Return the texts with empty cells below them."""
    return [*texts, *[None] * (height - len(texts))]


def settings(**cells: list[str]) -> dict[str, object]:
    """Return the settings that are advised without a doubt."""
    return {key: one.value for key, one in advised(**cells).items() if one.sure}


def test_a_file_with_plain_numbers_iso_dates_and_dotted_codes_needs_no_settings() -> None:
    assert advised(upah=["3000000", "16800.00"], tgl_mulai=["2024-01-31"], kode_kab_domisili=["15.03"]) == {}


def test_one_number_with_both_marks_settles_the_reading_of_the_others() -> None:
    assert settings(upah=["16.800,00", "16.800"]) == {"decimal": ",", "thousands": "."}
    assert settings(upah=["16,800.00", "16,800"]) == {"decimal": ".", "thousands": ","}


@pytest.mark.parametrize("numbers", [["16.800"], ["16,800"], ["16.800,00", "16,800.00", "16.800"]])
def test_numbers_with_two_readings_are_asked_about_and_not_settled(numbers: list[str]) -> None:
    found = advised(upah=numbers)
    assert not found["decimal"].sure and "tanyakan" in found["decimal"].id


def test_a_date_format_is_advised_only_where_the_usual_ones_do_not_read_it() -> None:
    assert settings(tgl_mulai=["31.01.2024", "01.02.2024"]) == {"date_formats": ["dd.mm.yyyy"]}
    assert settings(tgl_mulai=["01/31/2024"]) == {"date_formats": ["mm/dd/yyyy"]}
    assert settings(tgl_mulai=["31/01/2024"]) == {}


def test_dates_that_no_single_form_reads_are_asked_about() -> None:
    assert not advised(tgl_mulai=["31.01.2024", "2024-01-31"])["date_formats"].sure
    assert advised(tgl_mulai=["31.01.2024"], tgl_lahir=["19900131"])["date_formats"].value == ["dd.mm.yyyy", "yyyymmdd"]


def test_the_system_of_codes_is_said_where_the_codes_tell_it_and_asked_where_they_do_not() -> None:
    assert settings(kode_kab_domisili=["1473", "1471"]) == {"code_system": "bps"}
    assert not advised(kode_kab_domisili=["1506", "1507"])["code_system"].sure
    assert advised(kode_kab_domisili=["Kabupaten Sarolangun"]) == {}


def test_a_file_whose_columns_are_empty_gets_no_advice() -> None:
    assert advised(Workforce) == {}


def test_a_few_wrong_dates_do_not_hide_how_the_others_are_written() -> None:
    assert settings(tgl_mulai=["31.01.2024"] * 19 + ["kemarin"]) == {"date_formats": ["dd.mm.yyyy"]}
    assert advised(tgl_mulai=["2024-01-31"] * 19 + ["kemarin"]) == {}
    assert not advised(tgl_mulai=["31.01.2024"] * 18 + ["kemarin"])["date_formats"].sure


def test_figures_with_a_decimal_part_are_asked_about_like_amounts() -> None:
    found = advised(Indicator, nilai=["72.375"])
    assert not found["decimal"].sure
