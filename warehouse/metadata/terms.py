"""What the publisher says about the copy, because no declaration can: who it is, under which licence, open or not, where."""

from __future__ import annotations

from dataclasses import dataclass

UNSTATED_PUBLISHER = "Penerbit belum dinyatakan / publisher not stated"


@dataclass(frozen=True)
class Terms:
    """Publisher, licence (an address), whether everyone may have the data, and the address that the files lie under.

    Without `base` addresses in DCAT are relative to the file itself, as it lies beside the data in a published version.
    """

    publisher: str = UNSTATED_PUBLISHER
    licence: str = ""
    public: bool = False
    base: str = ""
