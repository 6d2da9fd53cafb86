"""Headings, offices and provinces that stand around the figures of a table."""

from __future__ import annotations

from tests.sheets import figures, reshaped


def test_names_under_a_heading_of_cities_are_cities_and_the_last_of_the_same_name_is_the_province() -> None:
    text = """
    Tabel 1.1 Upah Menurut Kabupaten/Kota, 2023
    Kabupaten/Kota | Rupiah
    Kabupaten/Regency |
    1. Blitar      | 1
    2. Kediri      | 2
    Kota/Municipality |
    71. Kediri     | 3
    72. Blitar     | 4
    """
    assert [row[0] for row in figures(text)] == ["Kabupaten Blitar", "Kabupaten Kediri", "Kota Kediri", "Kota Blitar"]
    jambi = "Upah 2023\nWilayah | Rupiah\nKabupaten |\nBungo | 1\nKota |\nJambi | 2\nSungai Penuh | 3\nJambi | 4\n"
    assert [row[0] for row in figures(jambi)] == [
        "Kabupaten Bungo",
        "Kota Jambi",
        "Kota Sungai Penuh",
        "Provinsi Jambi",
    ]


def test_the_name_of_the_office_above_a_title_is_not_what_is_measured() -> None:
    text = """
    BADAN PUSAT STATISTIK PROVINSI JAMBI
    Tabel 6.1
    Upah Minimum Menurut Kabupaten/Kota (Rupiah)
    Tahun 2023
    Kabupaten/Kota | Nilai | Naik
    Kab. Bungo     | 5     | 6
    """
    told = reshaped(text).frame.select("raw_judul", "raw_satuan").collect().rows()
    assert told == [("Upah Minimum | Nilai", "rupiah"), ("Upah Minimum | Naik", "rupiah")]
    assert figures(text) == [
        ("Kab. Bungo", "2023", "upah_minimum_nilai", "5"),
        ("Kab. Bungo", "2023", "upah_minimum_naik", "6"),
    ]


def test_a_column_of_provinces_before_the_regencies_is_not_the_region_of_the_rows() -> None:
    text = """
    Provinsi | Kabupaten/Kota | Upah 2023 | Jam 2023
    Jambi    | Kab. Bungo     | 1         | 40
    Jambi    | Kota Jambi     | 2         | 41
    """
    assert [(row[0], row[3]) for row in figures(text)] == [
        ("Kab. Bungo", "1"),
        ("Kab. Bungo", "40"),
        ("Kota Jambi", "2"),
        ("Kota Jambi", "41"),
    ]
    one = "Provinsi | Kabupaten/Kota | Upah 2023\nJambi | Kab. Bungo | 1\n"
    assert figures(one)[0][0] == "Kab. Bungo"
