"""Whole loads as a target: files of recipes, with control files, through the real load into a home of their own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from flows.entry import load_folder
from tests.extracts import PLAIN, memberships
from tests.fuzz.drawing import Bytes, cells, packed
from tests.fuzz.making import text_file
from tests.fuzz.people import KPJ, NAME, NIK, Lost, require_discreet
from warehouse import ledger
from warehouse.home import Home

KINDS = ("kepesertaan", "iuran", "badan_usaha", "umk", "target", "klaim", "tk_baru")
RESULTS = (".md", ".json", ".jsonl", ".html", ".csv", ".txt")
PERSON = {"nik": NIK, "kpj": KPJ, "nama": NAME}


def drawn() -> Bytes:
    """Return one or two files: rows that are plain but for a few cells, sometimes without a header, with or without control."""
    return st.lists(st.sampled_from(KINDS).flatmap(_file), min_size=1, max_size=2).map(packed)


def take(content: bytes) -> None:
    """Load the files: no error without a name, every row accepted or rejected, and no person in what is told and reported."""
    made = [(place, one, _made(one)) for place, one in enumerate(json.loads(content))]
    with tempfile.TemporaryDirectory() as folder:
        source, home, said = Path(folder) / "in", Path(folder) / "home", list[str]()
        source.mkdir()
        for place, one, text in made:
            path = source / f"{one['kind']}_{place}.csv"
            path.write_bytes(text)
            if one.get("control"):
                (source / f"{path.name}.control.json").write_text(one["control"], encoding="utf-8")
        result = load_folder(str(source), str(home), say=said.append)
        require_discreet([*said, json.dumps(result, ensure_ascii=False), *_reports(home)])
        _require_whole(Home(home), made)


def _require_whole(home: Home, made: list[Any]) -> None:
    known = {path.name: path for path in (home.root / "lake" / "verdicts").glob("*")}
    for place, one, _ in made:
        name = f"{one['kind']}_{place}.csv"
        delivery = next((each for each in ledger.deliveries(home) if each.name == name), None)
        if delivery is None:
            raise Lost(f"{name} was not received")
        verdicts = [found for gate in known if (found := ledger.find(home, gate.removesuffix(".json")))]
        mine = [each for each in verdicts if each.sha256 == delivery.sha256]
        if not mine:
            raise Lost(f"{name} has no verdict")
        for verdict in mine:
            if any(reason.rule == "unreadable_file" for reason in verdict.stops):
                raise Lost(f"a whole text is called unreadable: {verdict.stops[0].en}")
            counts = verdict.rows, verdict.accepted, verdict.rejected
            if verdict.rows is None and verdict.stops:
                continue
            if verdict.rows != (verdict.accepted or 0) + (verdict.rejected or 0):
                raise Lost(f"rows, accepted, rejected: {counts}")
            if not verdict.stops and verdict.rows != len(one["rows"]):
                raise Lost(f"{len(one['rows'])} rows were given, {verdict.rows} came")


def _reports(home: Path) -> list[str]:
    below = [home / "reports", home / "runs"]
    paths = [path for folder in below for path in folder.rglob("*") if path.suffix in RESULTS]
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths]


def _file(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    columns = sorted(PLAIN[kind])
    odd = st.dictionaries(st.sampled_from(columns), cells.filter(bool), max_size=3)
    sums = st.dictionaries(st.sampled_from(columns), st.one_of(st.integers(), cells), max_size=1)
    control = st.fixed_dictionaries({}, optional={"rows": st.integers(0, 5), "sums": sums})
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "rows": st.lists(odd, min_size=1, max_size=12)},
        optional={
            "control": st.one_of(control.map(json.dumps), st.sampled_from(("{", "[]", '{"rows": "1503011203850001"}'))),
            "headers": st.sampled_from((True, True, False)),
            "separator": st.sampled_from(",;\t|"),
        },
    )  # fmt: skip


def _made(one: dict[str, Any]) -> bytes:
    kind = one["kind"]
    rows = [
        _plain(kind, place) | {name: str(cell) for name, cell in row.items()} for place, row in enumerate(one["rows"])
    ]
    headers = list(rows[0])
    recipe = {
        "headers": headers, "rows": [[row[name] for name in headers] for row in rows], "separator": one.get("separator", ";"),
        "quoting": 1, "newline": "\n", "encoding": "utf-8", "packing": "", "ends": True,
    }  # fmt: skip
    if not one.get("headers", True):
        recipe["headers"] = recipe["rows"][0]
    return text_file(recipe)[0]


def _plain(kind: str, place: int) -> dict[str, str]:
    if kind == "kepesertaan":
        return memberships("2025-03", "2025-03-16", f"| orang |\n| {place + 1} |")[0] | (PERSON if place == 0 else {})
    same = {
        "tgl_data": "2025-03-16",
        "blth": "2025-03",
        "kode_kab": "15.03",
        "kode": "15.03",
        "npp": f"NPP{place}",
        "nik": NIK,
        "kpj": KPJ,
    }
    return PLAIN[kind] | {name: value for name, value in same.items() if name in PLAIN[kind]}
