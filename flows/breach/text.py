"""The report of a breach as text: Bahasa Indonesia with English beside, in the order in which the law asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

FORMS = {
    "clear": "terbaca / in the clear", "encrypted": "terenkripsi / encrypted", "token": "token", "masked": "disamarkan / masked",
    "counts": "hanya jumlah / counts only", "dropped": "tidak disimpan / not stored",
}  # fmt: skip
DID = {
    "received": "diterima / received", "judged": "diperiksa / judged", "run": "proses / run",
    "exported": "diekspor untuk pengirim / exported", "deleted": "dihapus / deleted",
}  # fmt: skip
LAW = """UU 27/2022 pasal 46: pemberitahuan tertulis paling lambat 3 x 24 jam kepada subjek data dan lembaga; minimal memuat
a. data yang terungkap, b. kapan dan bagaimana terungkap, c. upaya penanganan dan pemulihan. Hanya bagian a yang dapat
dijawab program ini; b dan c diisi oleh pengendali data.
Law 27/2022, article 46: written notice within 3 x 24 hours to the persons and the authority, holding at least a. which
data, b. when and how, c. what is done about it. Only part a can be told from here; b and c are the controller's."""


def text(found: dict[str, Any]) -> str:
    """Return the report as lines."""
    return "\n".join(_lines(found))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    about = found["about"]["run"] or found["about"]["file"] or "semua berkas / all files"
    yield f"# Laporan kegagalan pelindungan data pribadi / Personal data breach report: {about}"
    yield f"{found['at']}, {found['home']}\n\n{LAW}\n"
    yield from _persons(found["persons"])
    yield "\n## Data pribadi / Personal data"
    for kind in dict.fromkeys(one["kind"] for one in found["columns"]):
        yield from _columns(kind, [one for one in found["columns"] if one["kind"] == kind])
    yield "\n## Periode / Periods"
    for one in found["periods"]:
        yield f"- {one['kind']} {one['month']}, tanggal data / as of {one['as_of_date']}: {one['rows']:,} baris / rows"
    yield "\n## Berkas / Files"
    for one in found["files"]:
        yield (
            f"- {one['name']} ({one['sha256'][:12]}), {one['received_at'][:19]}, dari / from {one['from']};"
            f" landing: {FORMS.get(one['landing'], one['landing'])}"
        )
    yield "\n## Salinan / Copies"
    for one in found["copies"]:
        yield f"- {one['place']}: {FORMS[one['form']]}, {one['files']} berkas / files, {one['bytes']:,} B"
    yield "\n## Akses yang tercatat / Recorded accesses"
    for one in found["accesses"]:
        yield f"- {one['at']} {DID[one['what']]}: {one['who']} {one['detail']}"
    yield "\n## Tidak tercatat / Not recorded"
    yield from (f"- {one['id']} / {one['en']}" for one in found["not_recorded"])


def _columns(kind: str, columns: list[dict[str, Any]]) -> Iterator[str]:
    yield f"- {kind}"
    for identifies, told in ((True, "mengidentifikasi / identifying"), (False, "tentang orangnya / about the person")):
        mine = [one for one in columns if one["identifies"] is identifies]
        named = ", ".join(f"{one['column']} ({FORMS[one['lake']]})" if identifies else one["column"] for one in mine)
        if mine:
            yield f"  - {told}: {named}"


def _persons(told: dict[str, Any]) -> Iterator[str]:
    yield "## Orang / Persons"
    yield f"- {told['persons']:,} orang berbeda / distinct persons"
    yield f"  - {told['by_nik']:,} menurut NIK / by NIK"
    yield f"  - {told['by_kpj_only']:,} hanya menurut KPJ / by KPJ only (satu orang dapat memiliki beberapa / one may hold several)"
    if told["rows_rejected"]:
        yield (
            f"- {told['rows_rejected']:,} baris ditolak belum terhitung, paling banyak sebanyak itu orang lagi"
            " / rejected rows are not counted: at most so many persons more"
        )
    for name in told["files_not_counted"]:
        yield f"- tidak terhitung karena tidak terbaca / not counted, it could not be read: {name}"
