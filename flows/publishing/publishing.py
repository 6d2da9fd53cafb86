"""The published copy of a home: its folder first, then PostgreSQL where the settings name one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from flows.context import silent, utc_now
from flows.publishing.disclosing import hidden_cells
from flows.receive.retry import Patience
from flows.settings import Settings
from transforms.disclosure import Protection
from warehouse import publish
from warehouse.errors import Stop, place_of
from warehouse.files import only_writer
from warehouse.home import Home
from warehouse.published import Withdrawal, current_version, listing, withdrawals

SENDER = ".send"


@dataclass
class Publication:
    """What stands now in the folder, what was not published again, what is hidden, what became of the sending.

    `unproven` are the hidden cells that may be worked out from what was published before.
    """

    version: str
    is_new: bool = False
    withheld: dict[str, str] | None = None
    sent: dict[str, Any] | None = None
    not_sent: dict[str, str] = field(default_factory=dict)
    hidden: int = 0
    unproven: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Return 0, or 4 when a server was not reached."""
        return 4 if self.not_sent else 0

    def data(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def publish_home(home: Home, settings: Settings, version: str, say: Callable[[str], None] = silent) -> Publication:
    """Return what stands after the warehouse was offered as `version` to the folder alone. Raises Stop without a warehouse."""
    if not home.warehouse.exists():
        told = f"there is no warehouse in {home.root}", f"belum ada gudang di {home.root}"
        raise Stop("nothing_published", *told, "load extracts first: cakupan run --source DIR --home DIR")
    withheld: list[Withdrawal] = []
    hidden, unproven = list[int](), list[str]()

    def disclose(read: publish.Read) -> pl.DataFrame:
        protection = Protection(settings.disclosure.threshold, settings.disclosure.width)
        cells, without_proof = hidden_cells(home, protection, read, say)
        hidden.append(cells.height)
        unproven.extend(without_proof)
        return cells

    directory = publish.publish(
        home.warehouse, home.published, version, disclose=disclose, on_withheld=withheld.append, keep=settings.keep_versions,
        **settings.of_engine(),
    )  # fmt: skip
    unheard = asdict(withheld[0]) if withheld else None
    return Publication(directory.name, directory.name == version, unheard, hidden=sum(hidden), unproven=unproven)


def send_current(
    home: Home, settings: Settings, publication: Publication, patience: Patience | None = None
) -> Publication:
    """Return `publication` with what became of sending the version that stands; a server's fault is named and harms nothing here."""
    target = settings.publish.postgresql
    if target is None:
        return publication
    from flows.publishing.transfer import send

    try:
        with only_writer(home.published / SENDER):
            standing = current_version(home.published) or ""
            publication.sent = asdict(send(home.published / standing, target, patience))
    except Stop as stop:
        publication.not_sent = {"postgresql": str(stop)}
    except Exception as broken:
        told = f"{type(broken).__name__} at {place_of(broken)}"
        publication.not_sent = {"postgresql": str(Stop("transfer_failed", told, told, "report it to the maintainers"))}
    return publication


def new_version() -> str:
    """Return the name of a version that no run made."""
    return f"{utc_now():%Y%m%dT%H%M%S}-publish"


def kept(home: Home) -> dict[str, Any]:
    """Return the kept versions and the withdrawals as plain values."""
    return {
        "versions": [asdict(one) for one in listing(home.published)],
        "withdrawn": [asdict(one) for one in withdrawals(home.published)],
    }
