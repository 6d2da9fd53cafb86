"""Layouts: the sheets of SIPP Online, aliases, constants, codes and bare names."""

from __future__ import annotations

import csv

import pytest

from flows.settings import Settings
from tests.endtoend import ROOT
from tests.sheets import listed
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.layouts import Layout, Shaped, built_in, shaped
from warehouse.layouts.headers import layout_of, places, unknown
from warehouse.rules import LINE_NO, RAW
from warehouse.schema import Extract
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.registration import Registration

TEMPLATES = ROOT / "tests" / "golden" / "sipp_template_columns.csv"
GIVEN = {"npp": "JJ123456", "tgl_data": "2025-03-16"}


def columns_of(sheet: str) -> list[str]:
    """Return the headers of a template of SIPP Online."""
    with TEMPLATES.open(encoding="utf-8") as lines:
        return [row["column"] for row in csv.DictReader(lines) if row["sheet"].startswith(sheet)]


def values(found: Shaped) -> list[dict[str, object]]:
    """Return the rows without their line, only what is filled."""
    rows = found.frame.collect().drop(LINE_NO).to_dicts()
    return [{name.removeprefix(RAW): value for name, value in row.items() if value is not None} for row in rows]


def sheet_of(headers: list[str], written: dict[str, str]) -> str:
    """Return a sheet of one worker."""
    return "|".join(headers) + "\n" + "|".join(written.get(header, "") for header in headers) + "\n"


WORKER = {
    "NAMA_DEPAN": "SITI", "NAMA_LENGKAP": "SITI AMINAH", "NOMOR_IDENTITAS": "1503014502900001", "TANGGAL_LAHIR": "05-02-1990",
    "JENIS_KELAMIN": "Perempuan", "UPAH": "3200000", "TANGGAL_KEPESERTAAN": "01-03-2025", "TGL_AKHIR_KONTRAK": "-",
}  # fmt: skip
READ = {
    "nik": "1503014502900001", "tgl_lahir": "05-02-1990", "jk": "P", "upah": "3200000", "tgl_kepesertaan": "01-03-2025",
    **GIVEN,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "width", "name"), [("data_tk_baru (older", 50, "sipp_50"), ("data_tk_baru (current", 30, "sipp_30")]
)
def test_both_sheets_of_sipp_online_are_known_by_their_headers_and_nothing_of_them_is_unknown(
    sheet: str, width: int, name: str
) -> None:
    headers = columns_of(sheet)
    dialect = Dialect(constants=GIVEN)
    assert len(headers) == width
    layout = layout_of(headers, Registration, dialect)
    assert layout is not None and layout.name == name
    assert unknown(headers, Registration, dialect) == []
    found = shaped(listed(sheet_of(headers, WORKER)), Registration, dialect)
    assert values(found) == [READ]
    assert any(name in note for note in found.notes)


def test_nothing_personal_of_a_sheet_of_sipp_online_is_kept_but_what_the_kind_declares() -> None:
    headers = columns_of("data_tk_baru (older")
    kept = {
        column
        for _, column in shaped(listed(sheet_of(headers, WORKER)), Registration, Dialect(constants=GIVEN)).columns
    }
    assert kept == {"", "nik", "tgl_lahir", "jk", "upah", "tgl_kepesertaan"}


def test_two_layouts_that_fit_the_same_headers_choose_neither() -> None:
    one, two = (Layout(name, "umk", recognised_by=("KOTA",), aliases={"KOTA": "kode_kab"}) for name in ("one", "two"))
    headers = ["KOTA", "tahun", "upah_minimum", "dasar"]
    assert layout_of(headers, MinimumWage, Dialect(layouts=(one,))) == one
    assert layout_of(headers, MinimumWage, Dialect(layouts=(one, two))) is None
    assert layout_of(headers, MinimumWage, Dialect(layouts=(one, two), layout="two")) == two


def test_an_alias_of_the_source_wins_over_one_of_its_layout() -> None:
    layout = Layout("one", "umk", aliases={"UPAH": "dasar", "KET": "dasar"})
    found = places(
        ["kode_kab", "tahun", "UPAH", "KET"],
        MinimumWage,
        Dialect(layouts=(layout,), layout="one", aliases={"Upah": "upah_minimum"}),
    )
    assert found == {"kode_kab": 1, "tahun": 2, "upah_minimum": 3, "dasar": 4}


def test_a_constant_fills_a_column_that_the_file_lacks_and_none_that_it_has() -> None:
    text = "kode_kab|upah_minimum|dasar\n15.03|3000000|SK\n15.04|3100000|\n"
    found = shaped(listed(text), MinimumWage, Dialect(constants={"tahun": "2025", "dasar": "SK Gubernur"}))
    assert [(row["tahun"], row.get("dasar")) for row in values(found)] == [("2025", "SK"), ("2025", None)]
    assert any("tahun" in note and "dasar" not in note for note in found.notes)


def test_a_constant_of_no_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(Stop, match="did you mean tahun"):
        shaped(listed("kode_kab|upah_minimum|dasar\n15.03|3|SK\n"), MinimumWage, Dialect(constants={"tahu": "2025"}))


def test_a_missing_required_column_is_named_with_the_nearest_header() -> None:
    with pytest.raises(Stop, match=r"upah_minimum \(nearest header: upah\)"):
        places(["kode_kab", "tahun", "upah", "dasar"], MinimumWage, Dialect())


def test_of_a_file_without_a_header_no_text_is_named_for_it_may_be_a_person() -> None:
    with pytest.raises(Stop, match="kode_kab, tahun") as stop:
        places(["dasari", "tahuna", "1503011203850001"], MinimumWage, Dialect())
    assert "dasari" not in str(stop.value) and "tahuna" not in str(stop.value)


def test_empty_headers_are_no_columns() -> None:
    found = places(["kode_kab", "", "tahun", "upah_minimum", "dasar", ""], MinimumWage, Dialect())
    assert found == {"kode_kab": 1, "tahun": 3, "upah_minimum": 4, "dasar": 5}


def test_marks_of_a_missing_value_are_empty_only_where_they_are_declared() -> None:
    text = "kode_kab|tahun|upah_minimum|dasar\n15.03|2025|n/a|SK\n"
    assert values(shaped(listed(text), MinimumWage, Dialect()))[0]["upah_minimum"] == "n/a"
    assert "upah_minimum" not in values(shaped(listed(text), MinimumWage, Dialect(missing=("N/A",))))[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Blitar", "Kabupaten Blitar"), ("BLITAR", "Kabupaten Blitar"), ("Kota Blitar", "Kota Blitar"), ("Pacitan", "Pacitan"),
        ("Jambi", "Provinsi Jambi"), ("Gorontalo", "Gorontalo"), ("15.03", "15.03"),
    ],
)  # fmt: skip
def test_bare_names_are_kabupaten_where_that_is_declared(written: str, read: str) -> None:
    text = f"kode_kab|tahun|upah_minimum|dasar\n{written}|2025|1|SK\n"
    assert values(shaped(listed(text), MinimumWage, Dialect(bare_names="kabupaten")))[0]["kode_kab"] == read
    assert values(shaped(listed(text), MinimumWage, Dialect()))[0]["kode_kab"] == written


def test_every_built_in_layout_speaks_of_columns_that_its_kind_has() -> None:
    kinds = {one.kind: one for one in Extract.registry.values() if issubclass(one, Extract)}
    for layout in built_in():
        arriving = set(kinds[layout.kind].arriving())
        assert {*layout.aliases.values(), *layout.values, *layout.constants} <= arriving


def settings(**declared: object) -> Settings:
    """Return settings."""
    return Settings.model_validate(declared)


def test_a_source_chooses_a_layout_of_its_own_and_gives_constants_from_the_name_of_the_file() -> None:
    found = settings(
        layouts={"ours": {"kind": "tk_baru", "aliases": {"NO KTP": "nik"}}},
        sources={
            "pabrik": {
                "glob": "pabrik_*.xlsx", "kind": "tk_baru", "layout": "ours", "constants": {"npp": 12345},
                "constants_from_name": r"(?P<tgl_data>\d{4}-\d{2}-\d{2})",
            }
        },
    ).dialect_of("pabrik_2025-03-16.xlsx")  # fmt: skip
    assert found.constants == {"npp": "12345", "tgl_data": "2025-03-16"}
    layout = layout_of(["NO KTP"], Registration, found)
    assert layout is not None and layout.aliases == {"NO KTP": "nik"}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"dialect": {"layout": "sipp_31"}}, "did you mean sipp_30"),
        ({"sources": {"a": {"glob": "*", "layout": "nothing"}}}, "sources.a: no layout is called nothing"),
        ({"layouts": {"x": {"kind": "tk_baru", "aliases": {"A": "nk"}}}}, "did you mean nik"),
        ({"layouts": {"x": {"kind": "tk_bru"}}}, "did you mean tk_baru"),
        ({"layouts": {"x": {"kind": "tk_baru", "reshape": "wide"}}}, "holds no figures"),
        ({"dialect": {"constants_from_name": "("}}, "not a regular expression"),
    ],
)
def test_a_wrong_layout_is_explained_before_anything_is_read(declared: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        settings(**declared)


def test_a_layout_for_another_kind_of_file_changes_nothing_for_this_one() -> None:
    plain, more = settings(), settings(layouts={"x": {"kind": "umk"}})
    assert repr(plain.dialect_of("iuran.csv")) == repr(more.dialect_of("iuran.csv"))
    assert repr(plain.dialect_of("umk.csv")) != repr(more.dialect_of("umk.csv"))
