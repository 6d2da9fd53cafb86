"""The report of a breach: how many persons, which of their data, which periods, where copies lie, who is known to have had them.

No value of a row stands in it: persons are counted by their tokens.
"""

from __future__ import annotations

import pwd
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.at_rest.deletions import noted
from flows.at_rest.landed import encrypted
from flows.breach.selection import Affected, affected
from flows.context import utc_now
from flows.keys import lake_key
from warehouse import lake, runs
from warehouse.home import Home
from warehouse.schema import Column

NIK, KPJ = "NIK", "KPJ"
NAMES = ("nama", "tempat_lahir", "alamat", "telepon", "hp", "email", "no_rekening", "npwp")
UNRECORDED = (
    ("pembacaan berkas oleh akun atau program lain", "reading of files by other accounts or programs"),
    ("isi cadangan (backup) di luar folder ini", "backups outside of this folder"),
    ("salinan yang dibuat pengirim atau penerima outbox", "copies made by senders or by who received the outbox"),
)


def report(home: Home, run: str = "", file: str = "") -> dict[str, Any]:
    """Return the report on a run, a file or everything as plain values. Raises Stop when nothing was received so."""
    files = affected(home, run, file)
    about = [one for one in files if one.is_about_persons]
    made = lake_key.known(home)
    return {
        "at": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}",
        "home": str(home.root),
        "about": {"run": run or None, "file": file or None},
        "persons": _persons(home, about),
        "columns": _columns(about),
        "periods": _periods(about),
        "files": [_file(home, one) for one in files],
        "copies": _copies(home, files),
        "accesses": sorted(_accesses(home, files), key=lambda one: one["at"]),
        "not_recorded": [{"id": id, "en": en} for id, en in UNRECORDED],
        "key": {"id": made.id, "number": made.number, "since": made.since} if made else None,
    }


def _persons(home: Home, about: Sequence[Affected]) -> dict[str, Any]:
    """Return distinct persons by NIK, further ones by a KPJ that none of the memberships has, and rows nobody could count in."""
    niks, cards = _tokens(home, about, NIK), _tokens(home, about, KPJ)
    members = _tokens(home, [one for one in about if _column(one, NIK) and _column(one, KPJ)], KPJ)
    further = cards.unique().join(members.unique(), on="token", how="anti")
    by_nik = lake.only_row(niks.unique().select(rows=pl.len()))["rows"]
    by_kpj_only = lake.only_row(further.select(rows=pl.len()))["rows"]
    rejected = sum(one.verdict.rejected or 0 for one in about if one.verdict)
    unread = [one.delivery.name for one in about if one.verdict is None or one.verdict.rows is None]
    return {
        "persons": by_nik + by_kpj_only,
        "by_nik": by_nik,
        "by_kpj_only": by_kpj_only,
        "rows_rejected": rejected,
        "files_not_counted": sorted(unread),
    }


def _tokens(home: Home, about: Sequence[Affected], kind: str) -> pl.LazyFrame:
    frames = [pl.LazyFrame(schema={"token": pl.Binary})]
    for one in about:
        column, path = _column(one, kind), _accepted(home, one)
        if column and path and path.exists() and column.name in pl.read_parquet_schema(path):
            frames.append(lake.gated(path).select(token=column.name).drop_nulls())
    return pl.concat(frames)


def _column(one: Affected, kind: str) -> Column | None:
    return next((column for column in one.table.columns.values() if column.pseudonym == kind), None)


def _columns(about: Sequence[Affected]) -> list[dict[str, Any]]:
    """Return the columns that came with persons, in how many files, and in which form the lake has them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in about:
        for name, form, identifies, what in _arrived(one):
            entry = {"kind": one.delivery.kind, "column": name, "identifies": identifies, "lake": form, "what": what}
            found.setdefault((one.delivery.kind, name), entry | {"files": 0})["files"] += 1
    return list(found.values())


def _arrived(one: Affected) -> Iterator[tuple[str, str, bool, str]]:
    seen = {part.column or part.header.strip().lower() for part in one.verdict.columns} if one.verdict else set()
    for column in one.table.columns.values():
        if column.arrives_as and (not seen or column.name in seen or column.arrives_as in seen):
            form = "token" if column.pseudonym else "clear"
            yield column.arrives_as, form, bool(column.pseudonym or column.personal), column.description
    for name in one.table.dropped:
        if name in seen or (not seen and name == "nama"):
            yield name, "dropped", name.startswith(NAMES), ""


def _periods(about: Sequence[Affected]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str], int] = {}
    for one in about:
        for month, day, rows in one.verdict.versions if one.verdict else ():
            key = one.delivery.kind, month[:7], day
            found[key] = found.get(key, 0) + rows
    return [
        {"kind": kind, "month": month, "as_of_date": day, "rows": rows}
        for (kind, month, day), rows in sorted(found.items())
    ]


def _file(home: Home, one: Affected) -> dict[str, Any]:
    delivery, verdict = one.delivery, one.verdict
    counts = {name: getattr(verdict, name, None) for name in ("rows", "accepted", "rejected")}
    return {
        "name": delivery.name, "kind": delivery.kind, "sha256": delivery.sha256, "bytes": delivery.bytes,
        "received_at": delivery.received_at, "run_id": delivery.run_id, "from": delivery.uri,
        "about_persons": one.is_about_persons, **counts, "landing": _lies(home, delivery.sha256),
    }  # fmt: skip


def _lies(home: Home, sha256: str) -> str:
    if home.landed(sha256).exists():
        return "clear"
    if encrypted(home, sha256).exists():
        return "encrypted"
    return "deleted" if noted(home, sha256) else "missing"


def _copies(home: Home, files: Sequence[Affected]) -> list[dict[str, Any]]:
    """Return where copies lie: the form in which persons stand there, how many files and bytes."""
    clear = [home.landed(one.delivery.sha256) for one in files]
    sealed = [encrypted(home, one.delivery.sha256) for one in files]
    rows = [path for one in files if (path := _accepted(home, one))]
    rejected = [lake.rejected_path(home, past.kind, past.gate_id) for one in files for past in one.history]
    kinds = {one.delivery.kind for one in files}
    places = (
        ("landing", "clear", clear),
        ("landing", "encrypted", sealed),
        ("landing/outbox", "clear", _outbox(home, files)),
        ("lake", "token", rows),
        ("lake/presence", "token", lake.kept_files(home, [lake.PRESENCE]) if "kepesertaan" in kinds else []),
        ("lake/settled, lake/remembered", "token", lake.kept_files(home, lake.PAST) if kinds & {"kepesertaan", "iuran"} else []),
        ("lake/rejected", "masked", rejected),
        ("reports/senders", "masked", sorted(path for run in _runs(files) for path in (home.reports / "senders" / run).glob("*"))),
        ("warehouse.duckdb", "counts", [home.warehouse]),
        ("published", "counts", sorted(home.published.glob("*/cakupan.duckdb"))),
    )  # fmt: skip
    found = ((place, form, [path for path in dict.fromkeys(paths) if path.is_file()]) for place, form, paths in places)
    return [
        {"place": place, "form": form, "files": len(there), "bytes": sum(path.stat().st_size for path in there)}
        for place, form, there in found
        if there
    ]


def _accepted(home: Home, one: Affected) -> Path | None:
    return lake.accepted_path(home, one.delivery.kind, one.verdict.gate_id) if one.verdict else None


def _outbox(home: Home, files: Sequence[Affected]) -> list[Path]:
    heads = {one.delivery.sha256[:8] for one in files}
    return sorted(path for path in (home.landing / "outbox").glob("*") if any(head in path.name for head in heads))


def _runs(files: Sequence[Affected]) -> list[str]:
    return sorted({past.run_id for one in files for past in one.history} | {one.delivery.run_id for one in files})


def _accesses(home: Home, files: Sequence[Affected]) -> Iterator[dict[str, str]]:
    """Yield what is recorded of who had the files: receptions, judgements, runs with their commands, exports, deletions."""
    known = {one.run_id: one for one in runs.runs(home)}
    for one in files:
        delivery = one.delivery
        yield {"at": delivery.received_at[:19], "what": "received", "who": delivery.run_id, "detail": delivery.name}
        for past in one.history:
            yield {"at": past.at[:19], "what": "judged", "who": past.run_id, "detail": past.name}
        if deleted := noted(home, delivery.sha256):
            yield {"at": deleted.at[:19], "what": "deleted", "who": deleted.run_id, "detail": delivery.name}
    for run in _runs(files):
        if run in known:
            yield {"at": known[run].started_at[:19], "what": "run", "who": run, "detail": known[run].command}
    for path in _outbox(home, files):
        state = path.stat()
        at = datetime.fromtimestamp(state.st_mtime, UTC)
        yield {"at": f"{at:%Y-%m-%dT%H:%M:%S}", "what": "exported", "who": _user(state.st_uid), "detail": path.name}


def _user(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)
