"""What the disk refused, whoever met it: a full disk, a failing one, or a place that may not be written, by name and cure.

The text of the error is read and never repeated: an engine's may quote a row.
"""

from __future__ import annotations

import errno
import os

from warehouse.errors import DISK_FAILING, DISK_FULL, DISK_REFUSES, Stop

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FAILING = (errno.EIO,)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
SYSTEM = "os error {}", "errno {}"
"""How Rust and DuckDB tell the number of an error of the system."""


def refusal_of(error: BaseException) -> Stop | None:
    """Return what the disk refused, when that is what an error or one that it came from is about; else None."""
    seen: BaseException | None = error
    while seen is not None:
        for known, stop in ((FULL, _full), (FAILING, _failing), (REFUSED, _refused)):
            if any(_is_of(seen, number) for number in known):
                return stop()
        seen = seen.__cause__ or seen.__context__
    return None


def _is_of(error: BaseException, number: int) -> bool:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno == number
    if isinstance(error, Stop):
        return False
    text = str(error)
    is_numbered = any(form.format(number) + ")" in text for form in SYSTEM)
    return is_numbered or (not isinstance(error, OSError) and os.strerror(number) in text)


def _full() -> Stop:
    told = "the disk of HOME has no room", "disk HOME penuh"
    return Stop(DISK_FULL, *told, "make room, then run again / kosongkan ruang, lalu jalankan ulang")


def _failing() -> Stop:
    told = "the disk of HOME fails to read or write", "disk HOME gagal membaca atau menulis"
    return Stop(DISK_FAILING, *told, "look at the disk and its cables, then run again / periksa disk, jalankan ulang")


def _refused() -> Stop:
    told = "HOME may not be read or written", "HOME tidak boleh dibaca atau ditulis"
    return Stop(
        DISK_REFUSES, *told, "mount it writable, or give the account that runs cakupan write access / beri izin tulis"
    )
