"""Which key the lake was made with: its id, which does not give the key away, its number, and those before it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from transforms.identity import Pseudonyms
from warehouse import lake
from warehouse.errors import Stop
from warehouse.files import placed
from warehouse.gist import Gist
from warehouse.home import Home

NAMED = "keys"


@dataclass(frozen=True)
class Former:
    """A key that the lake was made with before, and the moment of its last day."""

    id: str
    number: int
    until: str


@dataclass(frozen=True)
class LakeKey:
    """The key of a lake: `id` is the mark of the key, `number` counts the keys that the lake has had, from 1."""

    id: str
    number: int
    since: str
    before: tuple[Former, ...] = ()

    def followed_by(self, id: str, at: str) -> LakeKey:
        """Return the key `id` after this one."""
        return LakeKey(id, self.number + 1, at, (*self.before, Former(self.id, self.number, at)))


def known(home: Home) -> LakeKey | None:
    """Return the key that the lake was made with, None where it has not said so yet."""
    path = _path(home)
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return LakeKey(**{**found, "before": tuple(Former(**one) for one in found["before"])})


def keep(home: Home, key: LakeKey) -> None:
    """Write the key of the lake, in one step."""
    with placed(_path(home)) as beside:
        beside.write_text(json.dumps(asdict(key), indent=1), encoding="utf-8")


def require(home: Home, keys: Pseudonyms, origin: str) -> None:
    """Raise Stop when the key is another than that of the lake, or one of its files was made with another."""
    _require(home, keys, origin, _named(home))


def claim(home: Home, keys: Pseudonyms, origin: str, at: str) -> None:
    """Write down the key of a lake that has not said so yet. Raises as `require` does."""
    named = _named(home)
    _require(home, keys, origin, named)
    named.write()
    if known(home) is None:
        keep(home, LakeKey(keys.fingerprint(), 1, at))


def _require(home: Home, keys: Pseudonyms, origin: str, named: Gist) -> None:
    made, mine = known(home), keys.fingerprint()
    if made is not None and made.id != mine:
        raise differs(made, mine, origin)
    strangers = [name for name in sorted(named.stamps) if named.of(name, lake.key_of) not in ("", mine)]
    if strangers:
        raise foreign(home.lake / strangers[0], home)


def _named(home: Home) -> Gist:
    """Return the gist of each file with tokens: the id of the key that it was made with, as it says itself."""
    return Gist(home.lake, NAMED, [*lake.token_kinds(), *lake.KEPT], ".parquet", "key")


def differs(made: LakeKey, mine: str, origin: str) -> Stop:
    """Return that the key in use is not that of the lake."""
    was = next((one for one in made.before if one.id == mine), None)
    en = f"the lake was made with key {made.id} (number {made.number}), {origin} holds key {mine}"
    id = f"lake dibuat dengan kunci {made.id} (nomor {made.number}), {origin} berisi kunci {mine}"
    if was:
        en, id = f"{en}, which was replaced on {was.until[:10]}", f"{id}, yang sudah diganti pada {was.until[:10]}"
    cure = "give the key it was made with; to change it: cakupan key rotate; if it is lost: docs/operating.md, Keys"
    return Stop("key_of_another_lake", en, id, cure)


def foreign(path: Path, home: Home) -> Stop:
    """Return that a file of the lake holds tokens of another key."""
    name = path.relative_to(home.lake)
    en, id = f"the tokens of {name} were made with another key", f"token di {name} dibuat dengan kunci lain"
    cure = "bring back the file of this lake, or remove it: it is made again while landing holds its extract"
    return Stop("tokens_of_another_key", en, id, cure)


def _path(home: Home) -> Path:
    return home.lake / "key.json"
