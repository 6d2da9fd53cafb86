"""How much a file from outside may ask for before it is refused by name."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.errors import Stop

MIB = 1 << 20
GIB = 1 << 30
SMALL = 64 * MIB
LEAST_SECONDS = 5
BYTES_A_SECOND = 4 * MIB
LEAST_MEMORY = 400 * MIB


@dataclass(frozen=True)
class Limits:
    """What one file may ask for; the defaults leave room for a national month and for the largest sheet of Excel.

    `expansion` is how many times larger a file may become when it is unpacked; it counts above 64 MiB.
    `unpacked_bytes` bounds what is unpacked, `line_bytes` a line of text, `columns` the columns, `cells` the cells of
    a sheet, `sheets` the sheets of a workbook. `memory_bytes` and `seconds` bound the reading of one spreadsheet,
    archive or Parquet file in a process of its own; small files get less of both.
    """

    expansion: int = 200
    unpacked_bytes: int = 64 * GIB
    line_bytes: int = MIB
    columns: int = 2_000
    cells: int = 50_000_000
    sheets: int = 200
    memory_bytes: int = 6 * GIB
    seconds: int = 600

    def memory_for(self, size: int) -> int:
        """Return the bytes of memory that reading a file of `size` unpacked bytes may take."""
        return min(self.memory_bytes, LEAST_MEMORY + 3 * size)

    def seconds_for(self, size: int) -> int:
        """Return the seconds that reading a file of `size` unpacked bytes may take."""
        return min(self.seconds, LEAST_SECONDS + size // BYTES_A_SECOND)

    def refuse_bomb(self, packed: int, unpacked: int) -> None:
        """Raise Stop when `unpacked` bytes are too many, or too many for `packed` ones."""
        if unpacked > self.unpacked_bytes:
            raise too_much("unpacked_bytes", f"more than {self.unpacked_bytes:,} bytes unpacked")
        if unpacked > max(SMALL, packed * self.expansion):
            raise Stop(
                "expands_too_much", f"unpacked it is over {self.expansion} times larger: a decompression bomb?",
                f"setelah dibuka ukurannya lebih dari {self.expansion} kali: bom kompresi?",
                "send it unpacked, or raise limits.expansion for a trusted source",
            )  # fmt: skip

    def refuse_wide(self, columns: int) -> None:
        """Raise Stop when a file has too many columns."""
        if columns > self.columns:
            raise too_much("columns", f"{columns:,} columns, at most {self.columns:,} are read")


def too_much(limit: str, told: str) -> Stop:
    """Return the error of a file that asks for more than `limit` allows."""
    cure = f"split the file, or raise limits.{limit} for a trusted source"
    return Stop(f"too_many_{limit}", told, f"melebihi batas {limit}: {told}", cure)
