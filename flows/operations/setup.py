"""Everything that our flows need on a Prefect server, made or corrected in one go; what is right already is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.blocks.notifications import SlackWebhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from pydantic import SecretStr

from flows import settings as settings_file
from flows.operations.automations import automations, establish
from flows.operations.deploying import ROOT, Places, declared, deploy
from flows.operations.pool import BLOCK, POOL, QUEUE, WRITER
from flows.secret import Secret
from flows.watching.channels import channel
from warehouse.errors import Stop

FILE = ROOT / "prefect.yaml"
USUAL_BEAT_SECONDS = 180


def set_up(places: Places, file: Path = FILE, tell_to: Secret | None = None) -> list[str]:
    """Return what had to be made or changed, nothing when all was as it should be: pool, queue, limit, deployments, automations.

    `tell_to` keeps the apprise URL that failures are told to; it goes into a block, encrypted by the server. Raises Stop
    when no server is named, when the settings cannot be read, or when `tell_to` is nothing that messages can be sent to.
    """
    settings = get_current_settings()
    if not settings.api.url:
        en, id = "no Prefect server is named", "server Prefect belum disebut"
        raise Stop("server_missing", en, id, "set PREFECT_API_URL, or let `cakupan serve` start a server")
    with get_client(sync_client=True) as client:
        done: list[tuple[str, bool]] = [
            (f"work pool {POOL}", _pool(client)),
            (f"work queue {POOL}/{QUEUE}", _queue(client)),
            (f"limit {WRITER}", _limit(client)),
        ]
        done += [(f"deployment {one['name']}", deploy(client, one, places)) for one in declared(file)]
        block, new = _block(tell_to)
        done.append((f"block {BLOCK}", new))
        beat = settings.flows.heartbeat_frequency or USUAL_BEAT_SECONDS
        done += [
            (f"automation {one.name}", establish(client, one)) for one in automations(beat, block, _watch_tells(places))
        ]
    return [what for what, changed in done if changed]


def _watch_tells(places: Places) -> bool:
    watch = settings_file.load(Path(places.config) if places.config else None).watch
    return bool(watch and watch.notify)


def _pool(client: SyncPrefectClient) -> bool:
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="Cakupan"))
        return True
    return False


def _queue(client: SyncPrefectClient) -> bool:
    try:
        client.read_work_queue_by_name(QUEUE, work_pool_name=POOL)
    except ObjectNotFound:
        client.create_work_queue(QUEUE, work_pool_name=POOL)
        return True
    return False


def _limit(client: SyncPrefectClient) -> bool:
    try:
        if client.read_global_concurrency_limit_by_name(WRITER).limit == 1:
            return False
    except ObjectNotFound:
        pass
    client.upsert_global_concurrency_limit_by_name(WRITER, 1)
    return True


def _block(tell_to: Secret | None) -> tuple[UUID | None, bool]:
    """Return the block that keeps where failures are told, and whether it had to be written.

    Automations know Prefect's own blocks only; of those the one for Slack takes every apprise URL.
    """
    try:
        known: Any = SlackWebhook.load(BLOCK, _sync=True)  # type: ignore[call-arg]
    except ValueError:
        known = None
    if tell_to is None:
        return (known._block_document_id if known else None), False
    channel(tell_to)
    url = tell_to.reveal()
    if known and known.url.get_secret_value() == url:
        return known._block_document_id, False
    made: Any = SlackWebhook(url=SecretStr(url)).save(BLOCK, overwrite=True, _sync=True)  # type: ignore[call-arg]
    return made, True
