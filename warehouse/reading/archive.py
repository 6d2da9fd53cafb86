"""Zip files, looked into in the sandbox: a workbook, or an archive with the one member that is meant."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from warehouse.disk import refusal_of
from warehouse.errors import Stop
from warehouse.reading.decoding import broken, copied
from warehouse.reading.limits import MIB, Limits, too_much

MOST_MEMBERS = 10_000
MOST_DIRECTORY = 32 * MIB
WORKBOOKS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
NO_DATA = ("__MACOSX/", ".DS_Store", "Thumbs.db")
ENCRYPTED = 0x1


def looked_into(path: str, member: str, into: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return the `format` of a zip file (xlsx, xlsb, ods or zip) and how many bytes it holds `unpacked`.

    The meant member of a plain archive is written to `into`, if given; its name is `member`. Raises Stop for broken, encrypted
    and hostile archives, and for one that holds several files of which none is declared.
    """
    bounds, packed = Limits(**limits), Path(path).stat().st_size
    try:
        with Path(path).open("rb") as raw:
            _refuse_huge_directory(raw, packed)
            with zipfile.ZipFile(raw) as archive:
                members = archive.infolist()
                whole = sum(one.file_size for one in members)
                for one in members:
                    _refuse_hostile(one)
                if kind := _workbook(archive):
                    bounds.refuse_bomb(packed, whole)
                    return {"format": kind, "unpacked": whole}
                if not into:
                    return {"format": "zip", "unpacked": whole}
                meant = _meant(members, member)
                bounds.refuse_bomb(packed, meant.file_size)
                with archive.open(meant) as source, Path(into).open("wb") as target:
                    copied(source, target, packed, bounds)
                return {"format": "zip", "unpacked": meant.file_size, "member": meant.filename}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise refusal_of(wrong) or broken("zip") from None


def _workbook(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    found = next((kind for part, kind in WORKBOOKS.items() if part in names), "")
    if found == "ods" and "mimetype" not in names:
        return ""
    return found


def _refuse_huge_directory(raw: Any, size: int) -> None:
    tail = min(size, 65_557)
    raw.seek(size - tail)
    end = raw.read(tail).rfind(b"PK\x05\x06")
    if end < 0:
        raise zipfile.BadZipFile
    raw.seek(size - tail + end)
    record = raw.read(22)
    if int.from_bytes(record[12:16], "little") > MOST_DIRECTORY or (
        (count := int.from_bytes(record[10:12], "little")) > MOST_MEMBERS and count != 0xFFFF
    ):
        raise too_much("members", f"a zip file of more than {MOST_MEMBERS:,} files")
    raw.seek(0)


def _refuse_hostile(one: zipfile.ZipInfo) -> None:
    name = one.filename
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in name.replace("\\", "/").split("/"):
        en, id = "a member of the archive leads out of its folder", "isi arsip menunjuk ke luar foldernya"
        raise Stop("archive_path", en, id, "pack the file again, by itself")
    if stat.S_ISLNK(one.external_attr >> 16):
        en, id = "the archive holds a link instead of a file", "arsip berisi tautan, bukan berkas"
        raise Stop("archive_link", en, id, "pack the file itself")
    if one.flag_bits & ENCRYPTED:
        raise locked("archive", "arsip")


def locked(en: str, id: str) -> Stop:
    """Return the error of a file that needs a password."""
    told = f"the {en} is locked with a password", f"{id} dikunci dengan kata sandi"
    return Stop("file_is_locked", *told, "send it without a password, over a protected way")


def _meant(members: list[zipfile.ZipInfo], member: str) -> zipfile.ZipInfo:
    files = [one for one in members if not one.is_dir() and not one.filename.startswith(NO_DATA[0])]
    files = [one for one in files if PurePosixPath(one.filename).name not in NO_DATA[1:]]
    if member:
        files = [one for one in files if PurePosixPath(one.filename).match(member)]
    if len(files) == 1:
        return files[0]
    told = ", ".join(one.filename for one in files[:5]) or "-"
    raise Stop(
        "archive_members", f"the archive holds {len(files)} files where one is expected: {told}",
        f"arsip berisi {len(files)} berkas, seharusnya satu: {told}",
        "send one file per archive, or declare which one with member = \"pattern\"",
    )  # fmt: skip
