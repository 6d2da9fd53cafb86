"""What bad input is drawn from: cells, files as recipes, workbooks, Parquet files, settings, control files and command lines.

A recipe is JSON: which rows are written how. From it the file is made, and what a right reading of it gives is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.mutating import PIECES, mutated
from tests.fuzz.people import SECRETS

Bytes = st.SearchStrategy[bytes]
KINDS = ("kepesertaan", "umk", "indikator", "iuran", "badan_usaha", "target")
ODD = tuple(piece.decode("utf-8", "replace").replace("\0", "␀") for piece in PIECES if len(piece) < 300)
PLAIN = (
    "15.03", "1503", "Kab. Jambi", "Kota Jambi", "Sarolangun", "2025-03", "202503", "03/2025", "2025-03-16", "16/03/2025", "16-03-25",
    "3200000", "3.200.000", "3,200,000.00", "Rp 16.800,00", "1.5E+15", "1.50301120385000E+15", "96,2 %", "0", "-1", "1e400", "PU", "BPU", "JKK,JKM",
    "JKK;JHT", "Y", "T", "L", "NPP1", "tpak", "#REF!", "=1+1", "26133000010.0", "'1503011203850009", "", " ", "\u00a0", "-", "NULL",
)  # fmt: skip

numbers = st.one_of(st.integers(-(10**20), 10**20), st.floats()).map(str)
days = st.one_of(
    st.dates(date(1, 1, 1), date(9999, 12, 31)).flatmap(
        lambda day: st.sampled_from(("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%y", "%Y%m%d", "%Y-%m")).map(
            day.strftime
        )
    ),
    st.from_regex(r"\A[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}\Z"),
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=14)
cells = st.one_of(st.sampled_from(PLAIN), st.sampled_from(SECRETS), st.sampled_from(ODD), numbers, days, texts)


def mutations(good: Sequence[bytes]) -> Bytes:
    """Return what the seeded hand makes of good input."""
    return st.integers(0, 2**32).map(lambda seed: mutated(good, Random(seed)))


def mutations_of(drawn: Bytes) -> Bytes:
    """Return what the seeded hand makes of drawn input."""
    return st.builds(lambda content, seed: mutated([content], Random(seed)), drawn, st.integers(0, 2**32))


def recipes(columns: Mapping[str, Sequence[str]]) -> Bytes:
    """Return recipes of text files: `columns` are the headers of each kind."""
    return st.sampled_from(sorted(columns)).flatmap(
        lambda kind: st.fixed_dictionaries(
            {
                "kind": st.just(kind),
                "headers": st.permutations(columns[kind]),
                "rows": rows(len(columns[kind]), 6),
                "separator": st.sampled_from(",;\t|"),
                "quoting": st.sampled_from((0, 1, 2)),
                "newline": st.sampled_from(("\n", "\r\n")),
                "encoding": st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
                "packing": st.sampled_from(("", "", "gzip", "zstd", "zip")),
                "ends": st.booleans(),
            }
        )
    ).map(packed)  # fmt: skip


def books(columns: Mapping[str, Sequence[str]]) -> Bytes:
    """Return recipes of workbooks."""
    held = st.one_of(cells, st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False), st.none())
    return st.sampled_from(sorted(columns)).flatmap(
        lambda kind: st.fixed_dictionaries(
            {
                "kind": st.just(kind),
                "headers": st.just(columns[kind]),
                "rows": rows(len(columns[kind]), 5, held),
                "format": st.sampled_from(("xlsx", "xlsx", "xls", "ods")),
                "above": st.integers(0, 2),
                "percent": st.booleans(),
            }
        )
    ).map(packed)  # fmt: skip


def rows(width: int, most: int, held: st.SearchStrategy[Any] = cells) -> st.SearchStrategy[list[list[Any]]]:
    """Return lists of rows of so many cells."""
    return st.lists(st.lists(held, min_size=width, max_size=width), max_size=most)


def controls() -> Bytes:
    """Return control files: JSON of the documented form, and of every other."""
    whole = st.one_of(st.integers(), st.integers(-(2**70), 2**70))
    scalars = st.one_of(st.none(), st.booleans(), whole, st.floats(), cells)
    anything = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cells, inner, max_size=3), max_leaves=8
    )
    keys = st.sampled_from(("upah", "nilai_kontrak", "nik", "jumlah", "rows", *SECRETS))
    formed = st.fixed_dictionaries(
        {},
        optional={
            "rows": st.one_of(st.just(2), scalars, anything),
            "sha256": st.one_of(st.just("ab"), anything),
            "sums": st.one_of(st.dictionaries(keys, st.one_of(st.just(3), anything), max_size=4), anything),
            "other": anything,
        },
    )
    return st.one_of(formed, anything).map(packed)


def words(commands: Mapping[str, Sequence[str]], values: Sequence[str]) -> Bytes:
    """Return command lines as words with NUL between them: `commands` are the options that each command has."""
    value = st.one_of(st.sampled_from(list(values)), cells, texts).map(lambda text: text.replace("\0", ""))

    def line(command: str) -> st.SearchStrategy[list[str]]:
        options = st.sampled_from(list(commands[command]) or ["--json"])
        piece = st.one_of(st.tuples(options), st.tuples(options, value), st.tuples(value))
        return st.lists(piece, max_size=4).map(
            lambda parts: [*command.split(), *(word for part in parts for word in part)]
        )

    return (
        st.sampled_from(sorted(commands)).flatmap(line).map(lambda found: "\0".join(found).encode("utf-8", "replace"))
    )


def packed(recipe: Any) -> bytes:
    """Return a recipe as bytes."""
    return json.dumps(recipe).encode()
