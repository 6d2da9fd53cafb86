"""docs/tariff.md: its text, made from cases and from the law in exact fractions; and its rows, read back.

`python -m tests.tariff_document` writes what stands below the mark anew, after a change of the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from tests.tariff_by_law import HELD, Case, change_days, price, seed

DOCUMENT = Path(__file__).parents[1] / "docs" / "tariff.md"
MARK = "<!-- Below this line: written by python -m tests.tariff_document, checked by tests/test_tariff.py. -->"
RISKS = ("SANGAT_RENDAH", "RENDAH", "SEDANG", "TINGGI", "SANGAT_TINGGI")
WAGE, HIGH_WAGE = 3_456_789, 12_000_000
COLUMNS = {
    "PU": ("day", "risk_class", "jkp_member", "labour_intensive", "wage_idr"),
    "BPU": ("day", "sub_sector", "funding_source", "programmes"),
    "JAKON": ("day", "contract_value_idr", "wage_idr", "start_date"),
    "PMI": ("day", "start_date", "end_date", "programmes"),
}
TITLES = {
    "PU": "PU: wage earners",
    "BPU": "BPU: own account",
    "JAKON": "JAKON: construction",
    "PMI": "PMI: migrant workers",
}


def cases() -> Iterator[Case]:
    """Yield the worked examples: around every day on which a rule changes, and at the edges of the amounts."""
    for segment, around in (("PU", _wage_earners), ("BPU", _own_account), ("JAKON", _contracts), ("PMI", _emigrants)):
        for change, programmes in change_days(segment).items():
            for day in (change - timedelta(days=1), change):
                yield from around(day, programmes)
    march = Case(date(2025, 3, 31), "PU", "RENDAH")
    yield replace(march, risk_class="", wage_idr=WAGE)
    yield from (
        replace(march, jkp_member="Y", wage_idr=wage) for wage in (1, 199, 200, 4_999_999, 5_000_000, 5_000_001)
    )
    yield from (replace(march, wage_idr=wage) for wage in (3_002_916, 3_002_917, 10_547_399, 10_547_400, 10_547_401))
    yield replace(march, risk_class="SEDANG", labour_intensive="Y", wage_idr=3_000_100)
    yield Case(date(2025, 3, 31), "BPU", programmes="JKK,JP", funding_source="SELF")
    yield from _emigrant_lengths(date(2025, 3, 10))


def text() -> str:
    """Return the whole document: what was written by hand above the mark, and the tables."""
    found = list(cases())
    parts = [DOCUMENT.read_text(encoding="utf-8").split(MARK)[0].rstrip(), MARK]
    for segment, title in TITLES.items():
        head = [*COLUMNS[segment], *_programmes(segment), "rules"]
        lines = [_line(head), _line(["---"] * len(head))]
        lines += [_line(_cells(case)) for case in dict.fromkeys(found) if case.segment == segment]
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    rules = [_line(["rule", "in force", "law", "confidence"]), _line(["---"] * 4)]
    for rule in seed():
        span = f"{rule['effective_from']} to {rule['effective_to'] or '…'}"
        rules.append(_line([rule["rule_id"], span, rule["legal_ref"], rule["confidence"]]))
    parts.append("## Rules and their law\n\n" + "\n".join(rules))
    return "\n\n".join(parts) + "\n"


def published() -> list[tuple[Case, dict[str, int | None], dict[str, str]]]:
    """Return the rows of the document: the case, the rupiah per programme held, and the rules per programme held."""
    found: list[tuple[Case, dict[str, int | None], dict[str, str]]] = []
    head: list[str] = []
    segment = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            segment, head = line[3:].split(":")[0], []
        elif segment in COLUMNS and line.startswith("|") and not head:
            head = cells
        elif segment in COLUMNS and line.startswith("| ") and cells[0] != "---":
            row = dict(zip(head, cells, strict=True))
            case = _case(segment, row)
            rupiah = {name: _number(row[name]) for name in case.held}
            found.append((case, rupiah, dict(zip(case.held, row["rules"].split(" · "), strict=True))))
    return found


def _wage_earners(day: date, programmes: set[str]) -> Iterator[Case]:
    asked = [rule for rule in seed() if (rule["segment"], rule["programme"]) == ("PU", "JKK") and _holds(rule, day)]
    jkp, labour = (any(rule[flag] for rule in asked) for flag in ("jkp_member", "labour_intensive"))
    variants = product("TY" if jkp else "T", "TY" if labour else "T")
    for joined, intensive in variants:
        case = Case(day, "PU", "RENDAH", jkp_member=joined, labour_intensive=intensive)
        if "JKK" in programmes:
            yield from (replace(case, risk_class=risk, wage_idr=WAGE) for risk in RISKS)
        if programmes != {"JKK"} and intensive == "T":
            yield replace(case, wage_idr=HIGH_WAGE)


def _own_account(day: date, programmes: set[str]) -> Iterator[Case]:
    assert programmes <= {"JKK", "JKM", "JHT"}
    held = HELD["BPU"]
    for sector, source in product(("", "TRANSPORTASI"), ("SELF", "CSR", "APBD_REGENCY", "VILLAGE_FUND")):
        yield Case(day, "BPU", sub_sector=sector, funding_source=source, programmes=held)


def _contracts(day: date, programmes: set[str]) -> Iterator[Case]:
    assert programmes == {"JKK", "JKM"}
    begun = Case(day, "JAKON", start_date=day.replace(day=1))
    million = 1_000_000
    values = (1, 100 * million, 100 * million + 1, 500 * million, 1_000 * million, 5_000 * million, 6_789 * million)
    yield from (replace(begun, contract_value_idr=value) for value in (*values, 999_999_999_999_999))
    yield replace(begun, contract_value_idr=100 * million, start_date=day.replace(day=1) - timedelta(days=1))
    yield replace(begun, wage_idr=WAGE)


def _emigrants(day: date, programmes: set[str]) -> Iterator[Case]:
    assert programmes == {"JKK", "JKM"}
    yield Case(day, "PMI", start_date=day, end_date=date(day.year + 2, day.month, day.day), programmes=HELD["PMI"])


def _emigrant_lengths(start: date) -> Iterator[Case]:
    lasts = [
        date(2025, 3, 10), date(2025, 6, 9), date(2025, 9, 9), date(2025, 9, 10), date(2025, 9, 11), date(2026, 2, 10),
        date(2026, 3, 9), date(2026, 3, 11), date(2027, 3, 10), date(2027, 3, 11), date(2029, 12, 31),
    ]  # fmt: skip
    case = Case(date(2025, 3, 31), "PMI", start_date=start, programmes=HELD["PMI"])
    yield from (replace(case, end_date=last) for last in lasts)
    yield case
    yield replace(case, start_date=date(2025, 2, 28), end_date=date(2027, 2, 28))
    yield replace(case, end_date=date(2027, 3, 10), programmes="JKK,JKM,JHT")


def _holds(rule: dict[str, str], day: date) -> bool:
    near = [(day + timedelta(days=shift)).isoformat() for shift in (-1, 0, 1)]
    return any(rule["effective_from"] <= one <= (rule["effective_to"] or one) for one in near)


def _programmes(segment: str) -> list[str]:
    return {"PU": ["JKK", "JKM", "JHT", "JP", "JKP"], "BPU": ["JKK", "JKM", "JHT", "JP"], "JAKON": ["JKK", "JKM"]}.get(
        segment, ["JKK", "JKM", "JHT"]
    )


def _cells(case: Case) -> list[str]:
    prices = {programme: price(case, programme) for programme in case.held}
    amounts = [_shown(prices[name][0]) if name in prices else "" for name in _programmes(case.segment)]
    names = " · ".join(prices[name][1] for name in case.held)
    return [*(_shown(getattr(case, name)) for name in COLUMNS[case.segment]), *amounts, names]


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "?" if value is None or value == "" else str(value)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(cell: str) -> int | None:
    return None if cell == "?" else int(cell.replace(",", ""))


def _case(segment: str, row: dict[str, str]) -> Case:
    kinds = {one.name: str(one.type) for one in fields(Case)}
    values: dict[str, object] = {}
    for name in COLUMNS[segment]:
        cell = row[name]
        if kinds[name].startswith("date"):
            values[name] = None if cell == "?" else date.fromisoformat(cell)
        elif kinds[name].startswith("int"):
            values[name] = _number(cell)
        else:
            values[name] = "" if cell == "?" else cell
    return Case(segment=segment, **values)  # type: ignore[arg-type]


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
