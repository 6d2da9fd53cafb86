"""Files that pass the gate together are judged as each would be alone, and one that stops stops alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows import gate_judging, gate_reading
from flows.context import Load
from flows.gating import gate, gate_together, groups
from flows.receive.receiving import receive
from flows.settings import Settings
from tests.extracts import Files, Row, memberships, rows, write
from transforms.identity import Pseudonyms
from warehouse import ledger
from warehouse.home import Home
from warehouse.ledger import Verdict
from warehouse.schema import Lazy, conform
from warehouse.tables.minimum_wage import MinimumWage

MANY = "\n| 100-160 | PU | 3000000 | L |"
HEAD = "| orang | segmen | upah | jk |"


def members(table: str) -> list[Row]:
    """Return memberships of February, sixty plain ones among them."""
    return memberships("2025-02", "2025-02-28", HEAD + MANY + table)


def reordered(table: list[Row]) -> list[Row]:
    """Return the same rows with the columns the other way round, and one column more."""
    return [dict(reversed(row.items())) | {"catatan": "x"} for row in table]


FILES: Files = {
    "kepesertaan_a_202502.csv": members("\n| 1 | PU | -1 | L |\n| 2 | PU | 3000000 | X |\n| 3 | BPU | 1 | P |"),
    "kepesertaan_b_202502.csv": [*members("\n| 4 | PU | 2000000 | L |"), *members("")[:2]],
    "kepesertaan_c_202502.csv": reordered(members("\n| 5 | PU | abc | L |")),
    "kepesertaan_d_202502.csv": members("\n| 1-9 | PU | -1 | L |"),
    "kepesertaan_e_202502.csv": [{name: text for name, text in row.items() if name != "upah"} for row in members("")],
    "kepesertaan_f_202502.csv": [row | {"nik": row["nik"][:-1] + "0"} for row in members("")],
    "kepesertaan_g_202502.csv": members("\n| 6 | PU | 3000000 | L |"),
}
STOPS = {
    "kepesertaan_d_202502.csv": ["too_many_rejected"],
    "kepesertaan_e_202502.csv": ["column_missing"],
    "kepesertaan_f_202502.csv": ["nik_rounded"],
    "kepesertaan_n_202502.csv": ["rows"],
}


def no_wages() -> Lazy[MinimumWage]:
    """Return no minimum wages."""
    return conform(pl.LazyFrame(schema=MinimumWage.polars_schema()), MinimumWage)


def loaded(folder: Path, source: Path, settings: Settings | None = None) -> Load:
    """Return a load of a home that has received the files of a folder."""
    home = Home(folder / "home")
    home.create()
    load = Load(home, settings or Settings(), Pseudonyms(bytes(32)), "run")
    receive(home, source, load.settings, "run", load.clock, load.say, ())
    return load


def one_by_one(load: Load) -> list[Verdict]:
    """Return the verdicts on the files of a load, each judged by itself."""
    return [gate(load, delivery, no_wages()) for delivery in ledger.deliveries(load.home)]


def together(load: Load) -> list[Verdict]:
    """Return the verdicts on the files of a load, judged in groups."""
    deliveries = ledger.deliveries(load.home)
    return [verdict for group in groups(load, deliveries) for verdict in gate_together(load, group, no_wages())]


def kept(load: Load, kind: str = "kepesertaan") -> dict[str, Any]:
    """Return the rows that a gating left in the lake and in quarantine, and what Great Expectations said, by file."""
    found: dict[str, Any] = {}
    for folder in (load.home.lake / kind, load.home.lake / "rejected" / kind):
        for path in sorted(folder.glob("*.parquet")):
            found[f"{folder.name}/{folder.parent.name}/{path.stem}"] = pl.read_parquet(path).to_dict(as_series=False)
    for path in sorted((load.home.reports / "validations").glob("*.json")):
        result = json.loads(path.read_text("utf-8"))
        for moment in ("run_id", "batch_markers", "validation_time"):
            del result["meta"][moment]
        found[path.stem] = result
    return found


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of memberships, one of them without rows."""
    folder = write(tmp_path_factory.mktemp("files") / "source", FILES)
    head = (folder / "kepesertaan_a_202502.csv").read_text("utf-8").splitlines()[0]
    (folder / "kepesertaan_n_202502.csv").write_text(head + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Verdict], dict[str, Any]]:
    """Return the verdicts on the files, judged one by one, and what that left."""
    load = loaded(tmp_path_factory.mktemp("alone"), source)
    return one_by_one(load), kept(load)


def test_files_judged_together_get_the_verdicts_and_rows_they_get_alone(
    source: Path, alone: tuple[list[Verdict], dict[str, Any]], tmp_path: Path
) -> None:
    load = loaded(tmp_path, source)
    assert [len(group) for group in groups(load, ledger.deliveries(load.home))] == [len(FILES) + 1]
    assert together(load) == alone[0]
    assert kept(load) == alone[1]
    assert [ledger.find(load.home, verdict.gate_id) for verdict in alone[0]] == alone[0]


def test_only_the_file_that_breaks_a_rule_of_files_is_stopped(source: Path, tmp_path: Path) -> None:
    load = loaded(tmp_path, source)
    names = [delivery.name for delivery in ledger.deliveries(load.home)]
    found = {
        name: [reason.rule for reason in verdict.stops]
        for name, verdict in zip(names, together(load), strict=True)
        if verdict.stops
    }
    assert found == STOPS


def test_a_key_that_stands_in_two_files_is_no_second_row_of_either(source: Path, tmp_path: Path) -> None:
    load = loaded(tmp_path, source)
    told = dict(zip([one.name for one in ledger.deliveries(load.home)], together(load), strict=True))
    assert told["kepesertaan_b_202502.csv"].broken == {"duplicate_row": 2}
    assert "duplicate_row" not in told["kepesertaan_g_202502.csv"].broken


def test_files_that_are_too_many_rows_for_one_pass_get_the_same_verdicts(
    source: Path, alone: tuple[list[Verdict], dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_judging, "MOST_ROWS", 130)
    load = loaded(tmp_path, source)
    assert together(load) == alone[0]
    assert kept(load) == alone[1]


def failing(in_file: str) -> Callable[..., gate_reading.Texts]:
    """Return a reading after which the rows of one file cannot be computed."""
    real = gate_reading._texts

    def refuse(_: pl.Series) -> pl.Series:
        raise RuntimeError("a reader that breaks")

    def read(load: Load, arrival: gate_reading.Arrival, scratch: Path) -> gate_reading.Texts:
        texts = real(load, arrival, scratch)
        if arrival.delivery.name != in_file:
            return texts
        broken = pl.col("raw_jk").map_batches(refuse, return_dtype=pl.String)
        return texts._replace(frame=texts.frame.with_columns(broken))

    return read


def test_a_file_that_cannot_be_computed_stops_alone(
    source: Path, alone: tuple[list[Verdict], dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_reading, "_texts", failing("kepesertaan_a_202502.csv"))
    load = loaded(tmp_path, source)
    first, *others = together(load)
    assert [reason.rule for reason in first.stops] == ["unreadable_file"]
    assert others[1:] == alone[0][2:]
    assert [one for one in others[0].drift if one.change != "CAME"] == []
    assert replace(others[0], drift=(), notes=()) == replace(alone[0][1], drift=(), notes=())


def test_a_control_total_that_is_wrong_stops_its_file_only(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {name: FILES[name] for name in list(FILES)[:3:2]})
    for name, stated in (("a", {"rows": 64, "sums": {"upah": 186000000}}), ("c", {"sums": {"upah": 1}})):
        control = source / f"kepesertaan_{name}_202502.csv.control.json"
        control.write_text(json.dumps(stated), encoding="utf-8")
    right, wrong = together(loaded(tmp_path, source))
    assert (right.stops, right.totals) == ((), (("rows", "64", "64"), ("sum of upah", "186000000", "186000000")))
    assert [reason.rule for reason in wrong.stops] == ["control_total"]


def test_only_neighbours_of_one_kind_and_one_way_of_writing_are_judged_together(tmp_path: Path) -> None:
    files: Files = {
        "iuran_a.csv": rows("iuran", "| npp |\n| P1 |", blth="2025-02", tgl_data="2025-02-28"),
        "iuran_b.csv": rows("iuran", "| npp |\n| P2 |", blth="2025-02", tgl_data="2025-02-28"),
        "iuran_c.csv": rows("iuran", "| npp |\n| P3 |", blth="2025-02", tgl_data="2025-02-28"),
        **{name: FILES[name] for name in list(FILES)[:2]},
    }
    other = {"glob": "iuran_c*", "kind": "iuran", "dialect": {"decimal": ","}}
    settings = Settings.model_validate({"sources": {"other": other}})
    load = loaded(tmp_path, write(tmp_path / "source", files), settings)
    found = [[one.name for one in group] for group in groups(load, ledger.deliveries(load.home))]
    assert found == [["iuran_a.csv", "iuran_b.csv"], ["iuran_c.csv"], list(FILES)[:2]]
