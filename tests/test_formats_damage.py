"""Numbers and dates that a spreadsheet has damaged: rejected by a name that says so, never repaired."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations.gate import Destination, Judgement, Sieve, judge_file
from flows.gating import gazetteers
from tests.extracts import kpj, memberships, nik
from tests.workbooks import Cell, xlsx
from transforms.standardize import standardize, with_minimum_wage
from warehouse import lake
from warehouse.damage import damages
from warehouse.dialect import Dialect
from warehouse.errors import Stop
from warehouse.reading import scan
from warehouse.reading.rounded import refuse_rounded
from warehouse.rules import RAW, messages
from warehouse.schema import Extract, Table, conform
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage

EXTRACTS = [table for table in Table.registry.values() if issubclass(table, Extract)]
LEFT = (
    "1.50301120385E+15",
    "2.6E+10",
    "#VALUE!",
    "#N/A",
    "#NOT CALCULATED!",
    "45689",
    "32874.5",
    "2025-03-16 00:00:00",
    "15.1",
)
BESIDE = {"kpj_unreadable", "nik_format", "kpj_format", "upah_unreadable", "tgl_lahir_unreadable", "kode_kab_domisili_unknown", "npp_unreadable",
          "blth_unreadable", "upah_missing", "npp_missing", "employer_missing", "nik_province", "nik_birth_day", "nik_birth_month",
          "blth_missing"}  # fmt: skip


def judged(frame: pl.LazyFrame, folder: Path) -> tuple[Judgement, list[str]]:
    """Return the judgement on raw memberships, and the rules of its rejected rows that tell of damage."""
    wages = conform(pl.LazyFrame(schema=MinimumWage.polars_schema()), MinimumWage)
    rows = with_minimum_wage(standardize(frame, Membership, Dialect(), gazetteers("kemendagri")), wages)
    file = Destination("a file", folder / "accepted.parquet", folder / "rejected.parquet")
    judgement = judge_file(rows, Sieve(Membership, lambda rows: rows.select("line_no")), file)
    if not judgement.rejected:
        return judgement, []
    rules = lake.read(folder / "rejected.parquet")["rules"].to_list()
    return judgement, [name for row in rules for name in row.split(",") if name not in BESIDE]


def sheet(folder: Path, **cells: Cell) -> pl.LazyFrame:
    """Return the raw rows of a workbook of memberships in which some cells are as a spreadsheet keeps them."""
    rows = memberships("2025-02", "2025-02-28", "| orang |\n| 1 |")
    for row in rows:
        row.pop("nama")
    table: list[list[Cell]] = [list(rows[0]), *[[cells.get(name, text) for name, text in row.items()] for row in rows]]
    landed = folder / "landed"
    landed.write_bytes(xlsx(table))
    return scan(landed, Membership, Dialect(), folder).frame


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"nik": int(nik(1))}, "nik_scientific"),
        ({"nik": float(f"{nik(1)[:15]}0")}, "nik_scientific"),
        ({"nik": "1.50301E+15"}, "nik_scientific"),
        ({"nik": nik(1)[:15]}, "nik_lost_zeros"),
        ({"kpj": "2.6133E+10"}, "kpj_scientific"),
        ({"kpj": 2_613_300_001}, "kpj_lost_zeros"),
        ({"npp": 1_503_011_203_850_001}, "npp_scientific"),
        ({"npp": "2025-05-12 00:00:00"}, "npp_became_date"),
        ({"upah": "3.2E+06"}, "upah_scientific"),
        ({"upah": "2025-03-16 00:00:00"}, "upah_became_date"),
        ({"upah": "#VALUE!"}, "upah_error_cell"),
        ({"tgl_lahir": 32_874}, "tgl_lahir_became_number"),
        ({"blth": 45_689}, "blth_became_number"),
        ({"kode_kab_domisili": 15.1}, "kode_kab_domisili_lost_zeros"),
        ({"kode_kab_domisili": "2025-03-15 00:00:00"}, "kode_kab_domisili_became_date"),
    ],
)
def test_a_damaged_cell_is_rejected_by_the_name_of_its_damage(
    tmp_path: Path, cells: dict[str, Cell], named: str
) -> None:
    judgement, told = judged(sheet(tmp_path, **cells), tmp_path)
    assert (judgement.rejected, told, judgement.broken[named]) == (1, [named], 1)
    assert messages(Membership)[named].id


def test_whole_cells_are_accepted_whether_texts_or_numbers(tmp_path: Path) -> None:
    cells: dict[str, Cell] = {"kpj": int(kpj(1)), "upah": 3_200_000.0, "kode_kab_domisili": 15.03, "npp": "NPP1"}
    judgement, told = judged(sheet(tmp_path, **cells), tmp_path)
    assert (judgement.accepted, told) == (1, [])


@pytest.mark.parametrize(("people", "stops"), [(20, True), (19, False)])
def test_twenty_niks_that_all_end_in_zero_stop_a_text_file(people: int, stops: bool) -> None:
    rows = "\n".join(f"150301{day:02}0185{serial:03}0" for serial, day in enumerate(range(1, people + 1)))
    frame = pl.LazyFrame({f"{RAW}nik": rows.split("\n")})
    if stops:
        with pytest.raises(Stop, match="nik_rounded"):
            refuse_rounded(frame, Membership)
    else:
        refuse_rounded(frame, Membership)


def test_one_nik_that_ends_otherwise_clears_all() -> None:
    ids = [f"1503010101{serial:05}0" for serial in range(2_000)] + ["1503010101850001"]
    refuse_rounded(pl.LazyFrame({f"{RAW}nik": ids}), Membership)


@pytest.mark.parametrize("table", EXTRACTS, ids=lambda table: table.kind)
def test_what_a_spreadsheet_leaves_of_a_value_is_never_read_as_one(table: type[Extract]) -> None:
    told = [
        (one, text) for one in damages(table) for text in LEFT if pl.Series([text]).str.contains(one.pattern).item()
    ]
    texts = {RAW + name: [text if one.column == name else None for one, text in told] for name in table.arriving()}
    frame = pl.LazyFrame(texts, schema=dict.fromkeys(texts, pl.String))
    read = standardize(frame, table, Dialect(), gazetteers("kemendagri")).collect()
    for row, (one, text) in enumerate(told):
        column = table.arriving()[one.column]
        fits = pl.Series([read[column.name][row]], dtype=read.schema[column.name])
        if column.pattern:
            fits = fits.filter(fits.cast(pl.String).str.contains(column.pattern))
        assert fits.drop_nulls().is_empty(), (one.name, text)
