"""A folder of extracts written from the contracts alone, and the list of rows planted in it to be rejected."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance import bills, employers, people
from tests.acceptance.people import Row
from tests.acceptance.plants import PLANTS, SECOND, plant

Files = dict[str, list[Row]]


@dataclass(frozen=True)
class Planted:
    """A row that must be rejected: its file, its line (the header is line 1) and the rule that it breaks."""

    file: str
    line: int
    kind: str
    label: str


def good_files() -> Files:
    """Return the rows of each file, all of them good: file name without ending -> rows."""
    found: Files = {}
    for month, as_of in people.SNAPSHOTS:
        for province, row in people.rows(month, as_of):
            part = "jambi" if province == people.JAMBI else "lain"
            found.setdefault(f"kepesertaan_{part}_{month:%Y%m}_{as_of:%Y%m%d}", []).append(row)
    found |= {f"iuran_{as_of:%Y%m%d}": bills.rows(as_of) for as_of in bills.SEEN_ON}
    found |= {f"badan_usaha_{as_of:%Y%m%d}": employers.employer_rows(as_of) for as_of in employers.LISTED_ON}
    return found | {
        "penduduk_bekerja": employers.workforce_rows(),
        "target": employers.target_rows(),
        "umk": employers.wage_rows(),
    }


def planted_files() -> tuple[Files, list[Planted]]:
    """Return the good files with planted rows among them, and the list of those."""
    files, planted = good_files(), list[Planted]()
    for kind, plants in PLANTS.items():
        homes = sorted(name for name in files if name.startswith(kind))
        for home_number, home in enumerate(homes):
            here = list(enumerate(plants))[home_number :: len(homes)]
            files[home], found = _mixed(kind, home, files[home], here)
            planted += found
    return files, planted


def write(folder: Path, files: Files) -> None:
    """Write each of `files` as a CSV file with commas, in UTF-8, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _mixed(
    kind: str, home: str, good: list[Row], plants: list[tuple[int, tuple[str, dict[str, str]]]]
) -> tuple[list[Row], list[Planted]]:
    """Return `good` with the plants spread over it (second rows at its end), and where they are."""
    labelled: list[tuple[str, Row]] = [("", row) for row in good]
    for number, (label, change) in plants:
        place = len(labelled) if SECOND in change else (number * 37 + 5) % len(good)
        labelled.insert(place, (label, plant(kind, change, good, number)))
    found = [Planted(home, line, kind, label) for line, (label, _) in enumerate(labelled, start=2) if label]
    return [row for _, row in labelled], found
