"""What is fed with bad input: readers, parsers, settings, regions and the command line, each with good input to begin with."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from expectations import reconcile
from flows import cli, settings
from flows.gating import gazetteers
from flows.regions import region_named
from tests.malformed.parquets import _good as parquet
from tests.malformed.texts import GOOD
from tests.workbooks import Rows, ods, xls, xlsx, zipped
from transforms.standardize import standardize
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import scan
from warehouse.rules import LINE_NO, raw
from warehouse.schema import Extract
from warehouse.tables.indicator import Indicator
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

ROOT = Path(__file__).parents[2]
SHEET: Rows = [
    ["kode_kab", "tahun", "upah_minimum", "dasar"],
    ["15.03", "2025", 3_000_000, "SK"],
    ["15.04", "2025", 3_100_000, "SK"],
]
GRID = b'Tingkat Partisipasi Angkatan Kerja (persen),,\nKabupaten/Kota,2023,2024\nSarolangun,61.2,"62,5"\nKota Jambi,-,63.1\n'
TEXTS = (
    b"2025-03-16", b"16/03/2025", b"202503", b"Maret 2025", b"3.200.000", b"16,800.00", b"Rp 16.800,00", b"1.5E+15", b"15.03", b"Sarolangun",
    b"Kab. Jambi", b"JKK,JKM", b"1503011203850001", b"26133000010", b"Y", b"L", b"96,2 %",
)  # fmt: skip
COMMANDS = (
    b"query\0SELECT 1", b"query\0SELECT region_cod FROM coverage WHERE month = '2025-3'\0--json", b"query\0FROM coverage\0--as-of\0" b"2025-03-16",
    b"describe\0coverage", b"tables", b"receipt\0coverage\0region_code=15.03\0month=2025-03", b"claims\0--region\0Jambi\0--csv",
    b"plan\0Sarolangun\0--ratio\0" b"0.9\0--premium\0" b"16800", b"trace\0NPP1\0--month\0" b"2025-03", b"status\0--costs", b"doctor\0--json",
    b"dictionary\0coverage_gap", b"quarantine\0list", b"plan-run\0--source\0nowhere", b"config\0check\0--config\0nowhere.toml",
)  # fmt: skip
HELD_TO = (
    "query",
    "describe",
    "tables",
    "receipt",
    "claims",
    "plan",
    "trace",
    "status",
    "dictionary",
    "quarantine",
    "plan-run",
)


class Target(NamedTuple):
    """A name, good input, and what takes bad input in; it raises nothing but what is foreseen."""

    name: str
    good: Sequence[bytes]
    take: Callable[[bytes], None]


def targets(home: Path) -> list[Target]:
    """Return every target; the command line asks `home`."""
    packed = [gzip.compress(GOOD, mtime=0), zipped({"umk.csv": GOOD})]
    example = (ROOT / "cakupan.toml").read_bytes()
    return [
        Target("text", [GOOD, GOOD.replace(b",", b";"), GOOD.decode().encode("utf-16")], _read(MinimumWage)),
        Target("grid", [GRID, GRID.replace(b",", b";")], _read(Indicator)),
        Target("packed", packed, _read(MinimumWage)),
        Target("workbook", [xlsx(SHEET), xls(SHEET), ods(SHEET)], _read(MinimumWage)),
        Target("parquet", [parquet()], _read(MinimumWage)),
        Target("values", TEXTS, _values),
        Target("settings", [example, *_toml_of_docs()], _settings),
        Target("control", [b'{"rows": 3, "sums": {"upah": 9}, "sha256": "ab"}', b"[" * 200_000, b'{"sums": []}'], _control),
        Target("region", [b"15.03", b"Kota Jambi", b"Provinsi Jambi", b"kab sarolangun"], _foreseen(lambda text: region_named(text))),
        Target("command", COMMANDS, _command(home)),
    ]  # fmt: skip


def _read(table: type[Extract]) -> Callable[[bytes], None]:
    def take(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(Stop):
            path = Path(scratch) / "landed"
            path.write_bytes(content)
            scan(path, table, Dialect(), Path(scratch)).frame.collect(engine="streaming")

    return take


def _values(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    columns = {raw(column): [text, None, f" {text}"] for column in Membership.arriving().values()}
    frame = pl.LazyFrame({LINE_NO: [1, 2, 3], **columns})
    for dialect in (Dialect(), Dialect(decimal=",", thousands=".", date_formats=("%d-%m-%Y",), code_system="bps")):
        standardize(frame, Membership, dialect, gazetteers(dialect.code_system)).collect()


def _settings(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Stop):
        path = Path(folder) / "cakupan.toml"
        path.write_bytes(content)
        found = settings.load(path)
        for name in ("kepesertaan_1503.csv", "bps/umk.xlsx"):
            found.dialect_of(name)
        found.of_engine()


def _control(content: bytes) -> None:
    rows = pl.LazyFrame({"wage_idr": [1, 2]})
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Stop):
        path = Path(folder) / "x.control.json"
        path.write_bytes(content)
        reconcile.mismatches(reconcile.compared(reconcile.control_of(path), "ab", 2, rows, Membership))


def _toml_of_docs() -> list[bytes]:
    pieces = "".join(
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("settings.md", "corrections.md", "layouts.md")
    )
    return [one.partition("```")[0].encode() for one in pieces.split("```toml\n")[1:]]


def _foreseen(take: Callable[[str], object]) -> Callable[[bytes], None]:
    def taken(content: bytes) -> None:
        with contextlib.suppress(Stop):
            take(content.decode("utf-8", "replace"))

    return taken


def _command(home: Path) -> Callable[[bytes], None]:
    def take(content: bytes) -> None:
        words = [word.decode("utf-8", "replace") for word in content.split(b"\0")]
        if words[0] not in HELD_TO or any(
            word.startswith(("--out", "--home", "--force", "--o", "--h")) for word in words
        ):
            words = ["query", *words]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            before = os.umask(0o022)
            try:
                cli.main([*words, "--home", str(home)])
            except SystemExit:
                pass
            finally:
                os.umask(before)

    return take
