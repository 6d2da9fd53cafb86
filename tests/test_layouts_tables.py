"""Tables of regions down and figures across, in the ways offices write them."""

from __future__ import annotations

import pytest

from tests.sheets import figures, grid, reshaped
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.layouts import Layout, built_in, shaped
from warehouse.tables.workforce import Workforce

TITLED = """
Tabel 3.2.1 Tingkat Pengangguran Terbuka (TPT) Menurut Kabupaten/Kota di Provinsi Jambi (persen), 2022-2023
Table 3.2.1 Open Unemployment Rate

Kabupaten/Kota | 2022 | 2023
(1) | (2) | (3)
1. Kerinci | 3,94 | 3,50
2. Merangin | 4,08 | -
Kota Jambi | 9,13 | 8,62
Jambi | 4,59 | 4,53

Sumber: BPS, Survei Angkatan Kerja Nasional
"""


def test_titles_numbers_of_columns_and_sources_are_no_figures() -> None:
    tpt = "tingkat_pengangguran_terbuka_tpt"
    assert figures(TITLED) == [
        ("Kerinci", "2022", tpt, "3,94"),
        ("Kerinci", "2023", tpt, "3,50"),
        ("Merangin", "2022", tpt, "4,08"),
        ("Kota Jambi", "2022", tpt, "9,13"),
        ("Kota Jambi", "2023", tpt, "8,62"),
        ("Provinsi Jambi", "2022", tpt, "4,59"),
        ("Provinsi Jambi", "2023", tpt, "4,53"),
    ]


def test_every_figure_carries_its_line_its_unit_and_its_publisher() -> None:
    frame = reshaped(TITLED).frame.select("line_no", "raw_sel", "raw_satuan", "raw_sumber").head(3).collect()
    who = "BPS, Survei Angkatan Kerja Nasional"
    assert frame.rows() == [
        (60_002, "B6", "persen", who),
        (60_003, "C6", "persen", who),
        (70_002, "B7", "persen", who),
    ]


def test_a_table_with_one_figure_on_a_line_keeps_the_number_of_the_line() -> None:
    found = reshaped("Upah 2023\nWilayah | Rupiah\nKab. Bungo | 5\nKab. Tebo | 6\n").frame.collect()
    assert found["line_no"].to_list() == [3, 4]


def test_a_cell_marked_as_missing_gives_no_row_and_is_counted_in_the_notes() -> None:
    assert any(note.startswith("1 sel tanpa angka") for note in reshaped(TITLED).notes)


def test_years_and_sexes_in_two_header_rows_make_one_name_per_measure() -> None:
    text = """
    Kabupaten/Kota | 2022 |   |        | 2023 |   |
                   | Laki-laki | Perempuan | Jumlah | Laki-laki | Perempuan | Jumlah
    Kerinci        | 1 | 2 | 3 | 4 | 5 | 9
    """
    assert figures(text) == [
        ("Kerinci", year, name, value)
        for year, name, value in [
            ("2022", "laki_laki", "1"),
            ("2022", "perempuan", "2"),
            ("2022", "jumlah", "3"),
            ("2023", "laki_laki", "4"),
            ("2023", "perempuan", "5"),
            ("2023", "jumlah", "9"),
        ]
    ]


def test_years_below_the_measures_read_as_years_above_them() -> None:
    text = """
    Penduduk Bekerja Menurut Kabupaten/Kota
    Wilayah | Formal |      | Informal |
            | 2022   | 2023 | 2022     | 2023
    Kerinci | 1      | 2    | 3        | 4
    """
    assert [row[1:] for row in figures(text)] == [
        ("2022", "penduduk_bekerja_formal", "1"),
        ("2023", "penduduk_bekerja_formal", "2"),
        ("2022", "penduduk_bekerja_informal", "3"),
        ("2023", "penduduk_bekerja_informal", "4"),
    ]


def test_a_year_that_stands_in_the_title_only_is_the_year_of_every_column() -> None:
    text = """
    Jumlah Angkatan Kerja Menurut Kabupaten/Kota, Agustus 2024
    Kabupaten/Kota | Bekerja | Menganggur
    Kerinci        | 100     | 4
    """
    assert figures(text) == [
        ("Kerinci", "2024-08", "jumlah_angkatan_kerja_bekerja", "100"),
        ("Kerinci", "2024-08", "jumlah_angkatan_kerja_menganggur", "4"),
    ]


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("2021", "2021"), ("2021.0", "2021"), ("Tahun 2021", "2021"), ("2021*", "2021"), ("2021 r)", ""), ("Agustus 2021", "2021-08"),
        ("Februari, 2021", "2021-02"), ("2021-08", "2021-08"), ("Agu-2021", "2021-08"), ("Februari 2021*)", "2021-02"),
    ],
)  # fmt: skip
def test_a_period_is_read_however_the_header_writes_it(head: str, period: str) -> None:
    found = figures(f"Upah\nKabupaten/Kota | {head}\nKerinci | 5\n")
    assert found[0][1] == period or not period


def test_months_below_a_year_are_surveys_of_that_year() -> None:
    text = """
    Bekerja
    Kabupaten/Kota | 2024     |
                   | Februari | Agustus
    Kerinci        | 7        | 8
    """
    assert [row[1:] for row in figures(text)] == [("2024-02", "bekerja", "7"), ("2024-08", "bekerja", "8")]


def test_the_same_measure_twice_in_a_year_is_left_out_and_both_columns_are_named() -> None:
    text = """
    Kabupaten/Kota | Tahun 2023 |          |
                   | Penempatan | Lowongan | Penempatan
    Kerinci        | 1          | 2        | 3
    Merangin       | 4          | 5        | 6
    """
    found = reshaped(text)
    assert figures(text) == [("Kerinci", "2023", "lowongan", "2"), ("Merangin", "2023", "lowongan", "5")]
    assert dict(found.left_out) == {"measure_twice": 4}
    [note] = [note for note in found.notes if note.startswith("measure_twice")]
    assert "B, D (Penempatan, 2023)" in note


def test_a_layout_says_which_of_two_columns_is_which() -> None:
    text = "Kabupaten/Kota | Penempatan 2023 | Penempatan 2023\nKerinci | 1 | 3\n"
    own = Layout("own", "indikator", reshape="wide", columns={"B": "penempatan_terlapor", "C": ""})
    assert figures(text, layout="own", layouts=(*built_in(), own)) == [("Kerinci", "2023", "penempatan_terlapor", "1")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Bekerja\nKabupaten/Kota | Pria | Wanita\nKerinci | 1 | 2\n", "period_missing"),
        ("Bekerja 2020 dan 2021\nKabupaten/Kota | Pria | Wanita\nKerinci | 1 | 2\n", "period_missing"),
        ("Kabupaten/Kota | 2020 | 2021\nKerinci | 1 | 2\n", "indicator_unnamed"),
        ("Upah 2020\nKecamatan | Jumlah | Upah\nSarolangun | 1 | 2\n", "rows_are_districts"),
        ("Nama | Nilai\nBudi | 1\n", "no_regions"),
        ("id|kode_kabupaten_kota|nama_kecamatan|jumlah|tahun\n1|15.03|Limun|5|2023\n", "rows_are_districts"),
        ("id|kode_kabupaten_kota|keterangan|tahun\n1|15.03|baik|2023\n", "no_measure"),
        ("id|nama_kabupaten_kota|upah|upah|tahun\n1|KABUPATEN BUNGO|5|6|2023\n", "measure_twice"),
    ],
)
def test_a_table_that_cannot_be_understood_is_stopped_by_name(text: str, rule: str) -> None:
    with pytest.raises(Stop) as stopped:
        figures(text)
    assert stopped.value.rule == rule
    assert stopped.value.cure


def test_a_column_without_a_year_is_named_by_its_letter_for_what_stands_above_it_may_be_a_person() -> None:
    with pytest.raises(Stop, match="kolom / columns B, C") as stopped:
        figures("Bekerja\nKabupaten/Kota | SRI RAHASIA | 1503011203850001\nKerinci | 1 | 2\n")
    assert "RAHASIA" not in str(stopped.value) and "1503011203850001" not in str(stopped.value)


def test_constants_of_the_source_fill_what_the_table_does_not_say() -> None:
    text = "Kabupaten/Kota | Pria | Wanita\nKerinci | 1 | 2\n"
    told = {"periode": "2024-08", "indikator": "bekerja", "sumber": "BPS", "tgl_rilis": "2024-11-05"}
    assert [row[1:] for row in figures(text, constants=told)] == [
        ("2024-08", "bekerja_pria", "1"),
        ("2024-08", "bekerja_wanita", "2"),
    ]
    frame = reshaped(text, constants=told).frame.select("raw_sumber", "raw_tgl_rilis").unique()
    assert frame.collect().rows() == [("BPS", "2024-11-05")]


def test_a_bare_name_is_a_kabupaten_only_where_the_kota_stands_beside_it_or_the_source_says_so() -> None:
    both = "Upah 2023\nKabupaten/Kota | Upah | Jam\nBlitar | 1 | 1\nKota Blitar | 2 | 2\n"
    alone = "Upah 2023\nKabupaten/Kota | Upah | Jam\nBlitar | 1 | 1\nMalang | 2 | 2\n"
    assert {row[0] for row in figures(both)} == {"Kabupaten Blitar", "Kota Blitar"}
    assert {row[0] for row in figures(alone)} == {"Blitar", "Malang"}
    assert {row[0] for row in figures(alone, bare_names="kabupaten")} == {"Kabupaten Blitar", "Kabupaten Malang"}


def test_totals_without_a_region_and_rows_of_kecamatan_are_left_out_and_counted() -> None:
    text = """
    Bekerja 2023
    Kabupaten/Kota   | Pria | Wanita
    Kab. Sarolangun  | 5    | 6
    Kec. Limun       | 2    | 3
    Kecamatan Pauh   | 3    | 3
    Kab. Merangin    | 1    | 1
    Jumlah           | 6    | 7
    """
    assert [row[0] for row in figures(text)] == ["Kab. Sarolangun", "Kab. Sarolangun", "Kab. Merangin", "Kab. Merangin"]
    notes = reshaped(text).notes
    assert any(note.startswith("2 baris kecamatan") for note in notes)
    assert any(note.startswith("1 baris jumlah") for note in notes)


def test_a_misspelt_region_stays_a_row_so_that_the_gate_can_name_it() -> None:
    text = "Upah 2023\nKabupaten/Kota | Upah | Jam\nKab. Sarolangunn | 1 | 9\nMerangin | 2 | 8\nBungoo | 3 | 7\n"
    assert [row[0] for row in figures(text)[::2]] == ["Kab. Sarolangunn", "Merangin", "Bungoo"]


def test_codes_before_names_are_no_part_of_the_name() -> None:
    text = """
    Upah 2023
    Kode | Kabupaten/Kota  | Upah | Jam
    1501 | 1501 Kerinci    | 1    | 40
    1571 | [1571] Kota Jambi *) | 2    | 41
    """
    assert figures(text) == [
        ("Kerinci", "2023", "upah_upah", "1"),
        ("Kerinci", "2023", "upah_jam", "40"),
        ("Kota Jambi", "2023", "upah_upah", "2"),
        ("Kota Jambi", "2023", "upah_jam", "41"),
    ]


def test_a_table_of_provinces_and_the_nation_reads_like_one_of_regencies() -> None:
    text = "Upah Minimum 2024\nProvinsi | Rupiah\nAceh | 1\nINDONESIA | 3\n"
    assert [(row[0], row[3]) for row in figures(text)] == [("Provinsi Aceh", "1"), ("INDONESIA", "3")]


def test_a_portal_file_has_the_name_of_its_measure_and_of_the_words_beside_it() -> None:
    text = """
    id|kode_provinsi|nama_provinsi|kode_kabupaten_kota|nama_kabupaten_kota|jenis_kelamin|jumlah_pekerja|satuan|tahun
    1|15|JAMBI|1503|KABUPATEN SAROLANGUN|LAKI-LAKI|100|ORANG|2023
    2|15|JAMBI|1503|KABUPATEN SAROLANGUN|PEREMPUAN|-|ORANG|2023
    3|15|JAMBI|||LAKI-LAKI|900|ORANG|2024.0
    """
    assert figures(text) == [
        ("KABUPATEN SAROLANGUN", "2023", "jumlah_pekerja_laki_laki", "100"),
        ("Provinsi jambi", "2024", "jumlah_pekerja_laki_laki", "900"),
    ]


def test_figures_that_come_one_per_row_under_our_own_names_are_read_as_they_are() -> None:
    text = "catatan\nperiode|kode|indikator|nilai|sumber\n2023|15.03|TPAK|70,5|BPS\n"
    assert figures(text) == [("15.03", "2023", "TPAK", "70,5")]


def test_a_declared_layout_makes_working_population_out_of_a_table() -> None:
    text = """
    Penduduk 15 Tahun ke Atas yang Bekerja, 2024
    Kabupaten/Kota | Bekerja | ASN
    Kab. Kerinci   | 120000  | 5000
    Kab. Bungo     | 190000  | 6000
    """
    names = {
        "penduduk_15_tahun_ke_atas_yang_bekerja_bekerja": "penduduk_bekerja",
        "penduduk_15_tahun_ke_atas_yang_bekerja_asn": "asn_tni_polri",
    }
    own = Layout(
        "bekerja", "penduduk_bekerja", reshape="wide", month="08", indicators=names,
        constants={"sumber": "BPS", "tgl_rilis": "2024-11-05"},
    )  # fmt: skip
    found = shaped(grid(text), Workforce, Dialect(layout="bekerja", layouts=(own,))).frame.collect()
    assert found["line_no"].n_unique() == found.height
    assert found.drop("line_no").rows() == [
        ("Kab. Kerinci", "2024-08", "120000", "5000", "BPS", "2024-11-05"),
        ("Kab. Bungo", "2024-08", "190000", "6000", "BPS", "2024-11-05"),
    ]
