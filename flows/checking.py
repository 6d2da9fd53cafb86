"""The check of a settings file: its keys, its secrets and, when asked to, whether its sources answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows import settings as settings_file
from flows.explaining import Problem, SettingsWrong
from flows.receive.opening import remote_of
from flows.receive.retry import Patience
from flows.secret import Secret
from flows.servers import PostgresqlTarget, Server
from flows.settings import Settings, Source
from flows.sources import Address
from warehouse.errors import Stop

SHOWN_FILES = 5


@dataclass
class Check:
    """What was found: the mistakes, and the files that each source with a url offers."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    offered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    target: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {"valid": not self.problems, **asdict(self)}

    def text(self) -> str:
        """Return everything as text."""
        head = f"{len(self.problems)} kesalahan / mistakes" if self.problems else "tidak ada kesalahan / no mistakes"
        return "\n".join([f"{self.file}: {head}", *self._lines()])

    def _lines(self) -> Iterator[str]:
        for one in self.problems:
            yield f"- {one}"
            if one.known:
                yield f"  dikenal / known: {', '.join(one.known)}"
            yield f"  perbaikan / cure: {one.cure}"
        if self.target:
            held = self.target["version"] or "-"
            yield f"{TARGET}: PostgreSQL {self.target['server']}, terbitan / published: {held}"
            yield f"  peran / roles: {', '.join(self.target['roles']) or '-'}"
        for source, files in self.offered.items():
            kinds = sum(1 for file in files if file["kind"])
            yield f"{source}: {len(files)} berkas / files, {kinds} berkas data / extracts"
            for file in files[:SHOWN_FILES]:
                yield f"  {file['name']}  {file['size'] if file['size'] is not None else '?'} B  {file['kind'] or '-'}"


TARGET = "publish.postgresql"


def check(file: Path, *, connect: bool, say: Callable[[str], None]) -> Check:
    """Return what is wrong with a settings file; with `connect` every source with a url is listed too, and PostgreSQL asked."""
    found = Check(str(file))
    try:
        told = settings_file.load(file)
    except SettingsWrong as wrong:
        found.problems += wrong.problems
        return found
    except Stop as stop:
        found.problems.append(_problem("", stop))
        return found
    for key, source in told.sources.items():
        if source.remote is not None:
            mistakes = list(_unready(f"sources.{key}", source.remote))
            found.problems += mistakes
            if connect and not mistakes:
                say(f"{key}: {source.remote.url}")
                _list(found, told, key, source, source.remote)
    if (target := told.publish.postgresql) is not None:
        mistakes = list(_unready(TARGET, target))
        found.problems += mistakes
        if connect and not mistakes:
            say(f"{TARGET}: {target.url}")
            _probe(found, target)
    return found


def _probe(found: Check, target: PostgresqlTarget) -> None:
    from flows.publishing.probing import probe

    try:
        found.target = Patience(min(target.retries, 1)).persist(lambda: probe(target))
    except Stop as stop:
        found.problems.append(_problem(TARGET, stop))


def _unready(where: str, address: Server) -> Iterator[Problem]:
    """Yield the secrets that are missing and the files that are not there."""
    for name in type(address).model_fields:
        value = getattr(address, name)
        for key, one in value.items() if isinstance(value, dict) else [("", value)]:
            if isinstance(one, Secret):
                try:
                    one.reveal()
                except Stop as stop:
                    yield _problem(".".join(part for part in (where, name, key) if part), stop)
        if isinstance(value, Path) and not value.is_file():
            yield Problem(f"{where}.{name}", f"{value} tidak ada / does not exist", cure="correct the path")


def _list(found: Check, told: Settings, key: str, source: Source, address: Address) -> None:
    try:
        with remote_of(address) as remote:
            listed = Patience(min(address.retries, 1)).persist(remote.list)
    except Stop as stop:
        found.problems.append(_problem(f"sources.{key}", stop))
        return
    found.offered[key] = [
        {
            "name": one.name,
            "size": one.size,
            "kind": told.kind_of(f"{key}/{one.name}") if source.covers(one.name) else None,
        }
        for one in listed
    ]


def _problem(key: str, stop: Stop) -> Problem:
    return Problem(key, f"{stop.rule}: {stop.id} / {stop.en}", cure=stop.cure)
