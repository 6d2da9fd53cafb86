"""Rejected rows for their sender to mend: as they were sent, what is wrong beside each cell, and the mark to come back by."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import polars as pl

from flows.gating import extract_of
from flows.quarantine.answers import MARK, mark
from flows.quarantine.blame import Blame, blamed
from flows.quarantine.list import content_of, rows_of
from flows.quarantine.rows import Sent, sent_rows
from flows.settings import Settings
from warehouse.errors import Stop
from warehouse.files import placed
from warehouse.home import Home
from warehouse.rules import LINE_NO
from warehouse.spreadsheet_writer import MOST_ROWS, Sheet, write_csv, write_xlsx

NOTE, NOTE_IF_TAKEN = "keterangan", "keterangan_cakupan"
OURS = (NOTE_IF_TAKEN, MARK)
OUTBOX = "outbox"
SUFFIXES = (".xlsx", ".csv")
HOW = """Baris-baris ini ditolak. Isi setiap baris sama seperti yang Anda kirim; sel yang salah berwarna dan berkomentar.
1. Perbaiki sel yang salah. Alasannya ada di kolom keterangan dan di komentar sel.
2. Jangan mengubah kolom cakupan_asal: kolom itu menunjukkan baris mana yang dijawab.
3. Hapus baris yang memang tidak seharusnya dikirim. Jangan menambah baris baru: baris baru dikirim dalam berkas biasa.
4. Tanda petik tunggal di depan isi sel (') hanya menjaga agar isi dibaca sebagai teks. Biarkan saja.
5. Kirim berkas ini kembali, dengan nama yang diawali {kind}. Baris lain dari berkas pertama tidak berubah.
Berkas ini berisi data pribadi (UU 27/2022): jangan diteruskan kepada yang tidak berhak.

These rows were rejected. Mend the coloured cells, leave the column cakupan_asal as it is, send the file back under a
name that begins with {kind}. Rows that should not have been sent may be deleted. This file holds personal data."""


def export(home: Home, settings: Settings, name: str, out: Path | None, rule: str = "") -> tuple[Path, int]:
    """Return where the open rows of a file were written, readable by the owner only, and how many they are.

    Without `out` they go to the outbox in landing. Raises Stop when nothing is open, or `out` is elsewhere in the home.
    """
    one = content_of(home, name)
    delivery, table = one.judged.delivery, extract_of(one.judged.delivery.kind)
    found = rows_of(home, one)
    if rule:
        found = found.filter(pl.col("rules").str.split(",").list.contains(rule))
    told = dict(found.sort(LINE_NO).select(LINE_NO, "rules").iter_rows())
    if not told:
        en, id = f"no row of {delivery.name} is open", f"tidak ada baris {delivery.name} yang terbuka"
        raise Stop("nothing_open", en, id, "cakupan quarantine list")
    target = _target(
        home, len(told), out or home.landing / OUTBOX / default_name(delivery.name, delivery.kind, delivery.sha256)
    )
    sent = sent_rows(home, delivery, settings.dialect_of(delivery.name), told.keys(), settings.landing)
    hints = found.select(LINE_NO, hint=pl.col("masked_row").str.json_path_match("$.hints")).drop_nulls()
    sheet = sheet_of(
        sent, {line: blamed(rules, table) for line, rules in told.items()}, dict(hints.iter_rows()), delivery.sha256
    )
    write(target, sheet, delivery.kind)
    return target, len(told)


def default_name(name: str, kind: str, sha256: str) -> str:
    """Return the name of an export: it begins with the kind, so that the file is known for one when it comes back."""
    stem = PurePosixPath(name).name.split(".")[0]
    plain = stem if stem.lower().startswith(kind) else f"{kind}_{stem}"
    return f"{plain}_perbaikan_{sha256[:8]}.xlsx"


def sheet_of(sent: Sent, wrong: dict[int, list[Blame]], hints: dict[int, str], sha256: str) -> Sheet:
    """Return the sheet: the sender's columns, then what is wrong, then the mark of each row."""
    kept = [place for place, header in enumerate(sent.headers) if header.strip().lower() not in OURS]
    taken = {sent.headers[place].strip().lower() for place in kept}
    headers = [*(sent.headers[place] for place in kept), NOTE_IF_TAKEN if NOTE in taken else NOTE, MARK]
    names = {name: sent.headers[place] for name, place in sent.places.items()}
    rows: list[list[str | None]] = []
    comments: dict[tuple[int, int], str] = {}
    for at, (line, *cells) in enumerate(sent.rows.iter_rows()):
        rows.append([*(cells[place] for place in kept), _note(wrong[line], hints.get(line), names), mark(sha256, line)])
        for blame in wrong[line]:
            for column in (kept.index(sent.places[name]) for name in blame.columns if name in sent.places):
                comments[at, column] = "; ".join(filter(None, (comments.get((at, column)), blame.id)))
    return Sheet("baris", headers, rows, comments, notes_from=len(kept))


def write(target: Path, sheet: Sheet, kind: str) -> None:
    """Write a sheet as its name says, readable by the owner only from its first byte on."""
    with placed(target) as beside:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if target.suffix == ".csv":
            write_csv(beside, sheet.headers, sheet.rows)
        else:
            how = [[line] for line in HOW.format(kind=kind).splitlines()]
            write_xlsx(beside, [sheet, Sheet("petunjuk", ["Petunjuk / instructions"], how)])


def _note(reasons: list[Blame], hint: str | None, names: Mapping[str, str]) -> str:
    said = [
        f"{', '.join(names.get(name, name) for name in one.columns)}: {one.id}" if one.columns else one.id
        for one in reasons
    ]
    return "; ".join([*said, *([hint] if hint else [])])


def _target(home: Home, rows: int, out: Path) -> Path:
    path = out.parent.resolve() / out.name
    if path.suffix not in SUFFIXES:
        en, id = f"{out.name} is neither .xlsx nor .csv", f"{out.name} bukan .xlsx atau .csv"
        raise Stop("export_format", en, id, "--out FILE.xlsx")
    if path.suffix == ".xlsx" and rows > MOST_ROWS:
        en, id = f"{rows:,} rows do not fit into a sheet", f"{rows:,} baris tidak muat dalam satu lembar"
        raise Stop("export_too_long", en, id, "--out FILE.csv, or one --rule at a time")
    outbox = home.landing / OUTBOX
    if path.is_relative_to(home.root) and not path.is_relative_to(outbox):
        en, id = (
            "the rows are personal data: only landing may hold them",
            "data pribadi: hanya landing yang boleh menyimpannya",
        )
        raise Stop("export_in_home", f"{path.parent}: {en}", f"{path.parent}: {id}", f"--out {outbox}/{out.name}")
    return path
