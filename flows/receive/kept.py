"""What landing keeps is looked at before it is used: a content that is not what came is set aside and asked for again."""

from __future__ import annotations

from flows.at_rest.deletions import noted
from flows.at_rest.landed import encrypted
from warehouse.files import settle
from warehouse.home import Home
from warehouse.ledger import Delivery, Reason
from warehouse.seals import sha256_of

SET_ASIDE = ".damaged"
LOST = "landing_file_damaged"


def lost_in_landing(home: Home, delivery: Delivery) -> Reason | None:
    """Return why the content of a delivery cannot be used, None when it is what came.

    A damaged content is set aside, so that the next reception takes it for missing and fetches it again.
    """
    for sha256 in filter(None, (delivery.sha256, delivery.control)):
        if not is_whole(home, sha256) and not noted(home, sha256):
            file = home.landed(sha256)
            if file.exists():
                settle(file, file.with_name(file.name + SET_ASIDE))
            return Reason(
                LOST,
                f"what came on {delivery.received_at[:10]} is damaged or gone in landing: {sha256}",
                f"isi yang diterima {delivery.received_at[:10]} rusak atau hilang di landing: {sha256}",
                f"offer it again at {delivery.uri}, or ask its sender; a backup holds it too / kirim ulang",
            )
    return None


def is_whole(home: Home, sha256: str) -> bool:
    """Return whether the content lies in landing as it came; an encrypted one is verified when it is opened."""
    file = home.landed(sha256)
    return sha256_of(file) == sha256 if file.is_file() else encrypted(home, sha256).is_file()
