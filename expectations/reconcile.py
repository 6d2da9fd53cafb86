"""What must hold of a file as a whole: control totals, and a bearable share of rejected rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from expectations.gate import Judgement
from warehouse.corrections import CORRECTION
from warehouse.errors import Stop
from warehouse.ledger import Reason
from warehouse.schema import Extract, Parse

MOST_REJECTED = 0.05
LONGEST_CONTROL = 1 << 20
HASH, NAME = re.compile(r"[0-9a-f]{64}"), re.compile(r"[a-z_]{1,40}")


def rejected_share(judgement: Judgement, most: float = MOST_REJECTED, answered: int = 0) -> list[Reason]:
    """Return a reason to stop when more than the share `most` of the rows is rejected, naming the commonest rules.

    Rows that a correction drops are known errors and do not count, nor do the `answered` ones: the sender sent them again.
    """
    rejected = judgement.rejected - judgement.dropped - answered
    if rejected <= most * judgement.rows:
        return []
    share = f"{rejected} of {judgement.rows} rows ({rejected / judgement.rows:.1%})"
    broken = [(rule, rows) for rule, rows in judgement.broken.items() if not rule.startswith(CORRECTION)]
    often = sorted(broken, key=lambda item: -item[1])[:3]
    causes = ", ".join(f"{rule} {count}" for rule, count in often)
    return [
        Reason(
            "too_many_rejected",
            f"{share} are rejected: {causes}",
            f"{share.replace(' of ', ' dari ').replace('rows', 'baris')} ditolak: {causes}",
            "declare the dialect of the source (decimal, date_formats, code_system), or send a corrected file",
        )
    ]


def rows_add_up(judgement: Judgement) -> list[Reason]:
    """Return a reason to stop when the rows that came are not the accepted and the rejected ones together."""
    if judgement.rows == judgement.accepted + judgement.rejected:
        return []
    text = f"{judgement.rows} = {judgement.accepted} + {judgement.rejected}?"
    return [
        Reason(
            "rows_lost",
            f"rows do not add up: {text}",
            f"jumlah baris tidak cocok: {text}",
            "report it to the maintainers",
        )
    ]


def mismatches(found: Sequence[tuple[str, object, object]]) -> list[Reason]:
    """Return a reason to stop for every control total whose stated value differs from the measured one."""
    return [_mismatch(*one) for one in found if one[1] != one[2]]


def control_of(path: Path) -> dict[str, Any]:
    """Return what a control file states. Raises Stop when it is no JSON object of the documented form, or far too long for one."""
    try:
        if path.stat().st_size > LONGEST_CONTROL:
            raise ValueError
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not isinstance(found.get("sums", {}), dict):
            raise ValueError
    except (ValueError, RecursionError):
        en, id = "the control file is not what one is", "berkas kontrol tidak sesuai bentuknya"
        cure = 'write it as {"rows": 311, "sums": {"upah": 929999995}}, or leave it away'
        raise Stop("control_unreadable", en, id, cure) from None
    return found


def compared(
    control: Mapping[str, Any], sha256: str, rows: int, frame: pl.LazyFrame, table: type[Extract]
) -> list[tuple[str, object, object]]:
    """Return every control total with the value that is stated and the one that is measured.

    `control` holds `rows`, `sha256` and `sums` by source column; a value that cannot be read counts as zero. What is stated
    in other forms is not repeated.
    """
    found: list[tuple[str, object, object]] = []
    if "sha256" in control:
        stated = str(control["sha256"]).lower()
        found.append(("sha256", stated if HASH.fullmatch(stated) else "no SHA-256", sha256))
    if "rows" in control:
        found.append(("rows", _number(control["rows"]), rows))
    arriving = table.arriving()
    sums = dict(control.get("sums", {}))
    unknown = [name for name in sums if name not in arriving or arriving[name].parse is not Parse.WHOLE]
    known = {name: arriving[name].name for name in sums if name not in unknown}
    if known:
        measured = frame.select(pl.col(core).sum().alias(name) for name, core in known.items()).collect(
            engine="streaming"
        )
        found += [(f"sum of {name}", _number(sums[name]), measured[name].item()) for name in known]
    return [*found, *((f"sum of {_name(name)}", _number(sums[name]), "no such amount") for name in unknown)]


def _number(stated: object) -> object:
    """Return what is stated where it is a number; of anything else only that it is none, for it may be a person's."""
    return stated if isinstance(stated, int | float) else "no number"


def _name(stated: str) -> str:
    return stated if NAME.fullmatch(stated) else "an unknown column"


def _mismatch(what: str, stated: object, measured: object) -> Reason:
    return Reason(
        "control_total",
        f"the control file states {what} = {stated}, the file has {measured}",
        f"berkas kontrol menyatakan {what} = {stated}, isi berkas {measured}",
        "send the file or its control file again",
    )
