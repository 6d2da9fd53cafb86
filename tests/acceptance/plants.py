"""Planted rows: for every reject rule of the contracts, what is done to a good row to break just that rule."""

from __future__ import annotations

from tests.acceptance.people import Row

Change = dict[str, str]
SECOND = "second row of a membership of segment"

MEMBERSHIP_REQUIRED = (
    "blth",
    "tgl_data",
    "nik",
    "kpj",
    "segmen",
    "program",
    "kode_kab_domisili",
    "upah",
    "tgl_mulai",
    "sumber_dana",
    "rentan",
)
PREMIUM_REQUIRED = (
    "blth",
    "tgl_data",
    "segmen",
    "program",
    "sumber_dana",
    "kode_kab",
    "jumlah_tk",
    "tagihan",
    "dibayar",
)
EMPLOYER_REQUIRED = ("tgl_data", "nama", "kbli", "skala", "kelas_risiko", "padat_karya", "kode_kab", "tk_wlkp")
WORKFORCE_REQUIRED = ("kode_kab", "periode", "penduduk_bekerja", "asn_tni_polri", "sumber", "tgl_rilis")
TARGET_REQUIRED = ("kode", "tahun", "kerangka", "persen", "dasar")
WAGE_REQUIRED = ("kode_kab", "tahun", "upah_minimum", "dasar")


def _missing(columns: tuple[str, ...]) -> list[tuple[str, Change]]:
    return [(f"{column} missing", {column: ""}) for column in columns]


def _nik(place: int, digits: str) -> Change:
    good = "1503010101900001"
    return {"nik": good[:place] + digits + good[place + len(digits) :]}


PLANTS: dict[str, list[tuple[str, Change]]] = {
    "kepesertaan": [
        *_missing(MEMBERSHIP_REQUIRED),
        ("blth unreadable", {"blth": "Maret"}),
        ("tgl_data unreadable", {"tgl_data": "2025-13-45"}),
        ("upah unreadable", {"upah": "lima juta"}),
        ("tgl_mulai unreadable", {"tgl_mulai": "2022-02-30"}),
        ("nik 15 digits", {"nik": "150301010190001"}),
        ("nik with a letter", {"nik": "15030101019000O1"}),
        ("nik from Excel", {"nik": "1.50301E+15"}),
        ("nik province 00", _nik(0, "00")),
        ("nik province 99", _nik(0, "99")),
        ("nik day 00", _nik(6, "00")),
        ("nik day 32", _nik(6, "32")),
        ("nik day 40", _nik(6, "40")),
        ("nik day 72", _nik(6, "72")),
        ("nik month 00", _nik(8, "00")),
        ("nik month 13", _nik(8, "13")),
        ("kpj 12 digits", {"kpj": "261330685310"}),
        ("kpj with letters", {"kpj": "26133O68531"}),
        ("segmen outside list", {"segmen": "PBI"}),
        ("program outside list", {"program": "JKK,JKX"}),
        ("sumber_dana outside list", {"sumber_dana": "APBX"}),
        ("rentan outside list", {"rentan": "X"}),
        ("jk outside list", {"jk": "W"}),
        ("residence of no regency", {"kode_kab_domisili": "15.99"}),
        ("residence is a province", {"kode_kab_domisili": "15"}),
        ("residence name of several", {"kode_kab_domisili": "Bandung"}),
        ("workplace of no regency", {"kode_kab_kerja": "Kabupaten Antah Berantah"}),
        ("workplace name of several", {"kode_kab_kerja": "BEKASI"}),
        ("wage negative", {"upah": "-1"}),
        ("contract value negative", {"segmen": "JAKON", "nilai_kontrak": "-5"}),
        ("start after end", {"tgl_akhir": "2021-01-01"}),
        ("start after as_of", {"tgl_mulai": "2025-12-01"}),
        ("as_of before the month", {"blth": "2025-06"}),
        ("PU without employer", {"segmen": "PU", "npp": ""}),
        ("JAKON without employer", {"segmen": "JAKON", "npp": ""}),
        ("paid_through unreadable", {"lunas_sd": "2025-13"}),
        ("second row of the same key", {SECOND: "PU"}),
        ("second row of the same key without employer", {SECOND: "BPU"}),
    ],
    "iuran": [
        *_missing(PREMIUM_REQUIRED),
        ("tagihan unreadable", {"tagihan": "banyak"}),
        ("blth unreadable", {"blth": "2025-00"}),
        ("neither npp nor kpj", {"npp": "", "kpj": ""}),
        ("kpj 12 digits", {"npp": "", "kpj": "261330685310", "segmen": "BPU"}),
        ("segmen outside list", {"segmen": "XX"}),
        ("two programmes", {"program": "JKK,JKM"}),
        ("program outside list", {"program": "JKX"}),
        ("sumber_dana outside list", {"sumber_dana": "BANK"}),
        ("code of no regency", {"kode_kab": "15.99"}),
        ("name of several regencies", {"kode_kab": "Sukabumi"}),
        ("jumlah_tk negative", {"jumlah_tk": "-1"}),
        ("tagihan negative", {"tagihan": "-1"}),
        ("dibayar negative", {"dibayar": "-1"}),
    ],
    "badan_usaha": [
        *_missing(EMPLOYER_REQUIRED),
        ("neither npp nor nib", {"npp": "", "nib": ""}),
        ("kbli of 4 digits", {"kbli": "4711"}),
        ("skala outside list", {"skala": "RAKSASA"}),
        ("kelas_risiko outside list", {"kelas_risiko": "AMAN"}),
        ("padat_karya outside list", {"padat_karya": "Q"}),
        ("program outside list", {"program": "JKK,ABC"}),
        ("code of no regency", {"kode_kab": "99.99"}),
        ("tk_wlkp unreadable", {"tk_wlkp": "dua"}),
        ("tk_wlkp negative", {"tk_wlkp": "-3"}),
    ],
    "penduduk_bekerja": [
        *_missing(WORKFORCE_REQUIRED),
        ("periode is not a Sakernas round", {"periode": "2024-05"}),
        ("code of no regency", {"kode_kab": "15.99"}),
        ("penduduk_bekerja negative", {"penduduk_bekerja": "-1"}),
        ("tgl_rilis unreadable", {"tgl_rilis": "segera"}),
    ],
    "target": [
        *_missing(TARGET_REQUIRED),
        ("kerangka outside list", {"kerangka": "CAMAT"}),
        ("kode of no region", {"kode": "77.77"}),
        ("persen unreadable", {"persen": "separuh"}),
    ],
    "umk": [
        *_missing(WAGE_REQUIRED),
        ("code of no regency", {"kode_kab": "15.99"}),
        ("upah_minimum negative", {"upah_minimum": "-1"}),
        ("upah_minimum unreadable", {"upah_minimum": "tinggi"}),
    ],
}  # fmt: skip


GOOD: dict[str, Row] = {
    "kepesertaan": {
        "npp": "15030001", "segmen": "PU", "sub_sektor": "", "program": "JKK,JKM", "kode_kab_domisili": "15.03", "kode_kab_kerja": "15.03",
        "tgl_lahir": "", "jk": "L", "upah": "4000000", "tgl_mulai": "2022-02-02", "tgl_akhir": "", "lunas_sd": "", "sumber_dana": "EMPLOYER",
        "rentan": "T", "nilai_kontrak": "", "nama": "Tanam",
    },
    "iuran": {
        "npp": "15030001", "kpj": "", "segmen": "PU", "program": "JKK", "sumber_dana": "EMPLOYER", "kode_kab": "15.03", "jumlah_tk": "10",
        "tagihan": "99999", "dibayar": "0", "tgl_bayar": "", "no_bukti": "",
    },
    "badan_usaha": {
        "nib": "", "nama": "PT Tanam", "kbli": "47111", "skala": "MIKRO", "kelas_risiko": "RENDAH", "padat_karya": "T",
        "kode_kab": "15.03", "tk_wlkp": "5", "program": "JKK,JKM", "tgl_daftar": "",
    },
    "penduduk_bekerja": {
        "kode_kab": "15.03", "periode": "2024-08", "penduduk_bekerja": "99999", "asn_tni_polri": "1", "sumber": "BPS Tanam",
        "tgl_rilis": "2025-01-15",
    },
    "target": {"kode": "15.03", "tahun": "2026", "kerangka": "DAERAH", "persen": "50", "tenaga_kerja": "", "dasar": "Tanam"},
    "umk": {"kode_kab": "15.03", "tahun": "2026", "upah_minimum": "1", "dasar": "Tanam"},
}  # fmt: skip
HOST = {"kepesertaan": ("blth", "tgl_data"), "iuran": ("blth", "tgl_data"), "badan_usaha": ("tgl_data",)}


def plant(kind: str, change: Change, host: list[Row], number: int) -> Row:
    """Return a row for the file of `host` that is good but for `change`, under a key that no other row has."""
    if SECOND in change:
        first = next(row for row in host if row["segmen"] == change[SECOND])
        return first | {"upah": "5000000", "rentan": "Y"}
    row = dict.fromkeys(host[0], "") | GOOD[kind] | {column: host[0][column] for column in HOST.get(kind, ())}
    if kind == "kepesertaan":
        row |= {"nik": f"150301010190{number + 1:04d}", "kpj": f"9{number:010d}"}
    if kind == "badan_usaha":
        row |= {"npp": f"8888{number:04d}"}
    return row | change
