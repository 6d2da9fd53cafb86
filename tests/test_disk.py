"""What the disk refused is known by its number, whichever library tells it."""

from __future__ import annotations

import errno
import os

import polars as pl
import pytest

from warehouse.disk import refusal_of
from warehouse.errors import DISK_FAILING, DISK_FULL, DISK_REFUSES


def test_a_full_disk_that_polars_met_is_the_disk() -> None:
    with pytest.raises(OSError, match="os error") as broken:
        pl.DataFrame({"n": range(1_000)}).write_csv("/dev/full")
    assert broken.value.errno is None
    refused = refusal_of(broken.value)
    assert refused is not None
    assert refused.rule == DISK_FULL


@pytest.mark.parametrize(
    ("number", "rule"), [(errno.ENOSPC, DISK_FULL), (errno.EIO, DISK_FAILING), (errno.EACCES, DISK_REFUSES)]
)
def test_an_error_of_the_disk_is_known_in_every_form_that_libraries_give_it(number: int, rule: str) -> None:
    said = os.strerror(number)
    forms = [
        OSError(number, said),
        OSError(f"{said} (os error {number}): /home/x"),
        RuntimeError(f"could not write: {said}"),
    ]
    for error in forms:
        refused = refusal_of(error)
        assert refused is not None and refused.rule == rule


def test_what_a_server_refuses_is_not_taken_for_the_disk() -> None:
    assert refusal_of(OSError("Permission denied")) is None
    assert refusal_of(OSError(errno.ECONNREFUSED, "No space left on device")) is None
