"""What the server does by itself: mark runs whose heart stopped, tell of failures and of what a watch found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import (
    AutomationCore,
    ChangeFlowRunState,
    DoNothing,
    EventTrigger,
    Posture,
    SendNotification,
)
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType

from flows.operations.pool import LOAD, OTHERS, TAG

HEARTBEAT = "prefect.flow-run.heartbeat"
ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Crashed", "Cancelled")}
FAILED = {f"prefect.flow-run.{state}" for state in ("Failed", "Crashed")}
CAME_TO_ITS_END = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed")}
CONDITION = "cakupan.condition"
BEATS_MISSED = 3
DAY = timedelta(hours=24)
A_NIGHT_AND_SLACK = timedelta(hours=26)
SIX_LOOKS = timedelta(hours=6)
FLOW_OF_RUN = "related:flow:prefect.resource.id"
SETS = ("after", "expect", "for_each")
OF_RUNS: dict[str, str | list[str]] = {"prefect.resource.id": "prefect.flow-run.*"}
FOUND = "{{ event.payload.teks }} / {{ event.payload.text }}"
FAILURE = "{{ flow.name }} / {{ flow_run.name }}: {{ flow_run.state.name }}\n{{ flow_run.state.message }}\n{{ flow_run|ui_url }}"


def automations(beat_seconds: int, block: UUID | None, watch_tells: bool) -> list[AutomationCore]:
    """Return the automations; those that tell somebody do nothing but show themselves where no block is configured.

    Where the watch tells people itself, the server tells only what no watch can: that it fails, or that nothing runs.
    """
    of_watch = None if watch_tells else block
    return [
        AutomationCore(
            name="cakupan: proses berhenti / runs whose process is gone",
            description="Runs without a heartbeat are marked as crashed.",
            trigger=EventTrigger(
                after={HEARTBEAT}, expect={HEARTBEAT, *ENDED}, for_each={"prefect.resource.id"}, match=OF_RUNS,
                match_related=_tagged(TAG), posture=Posture.Proactive, threshold=1,
                within=timedelta(seconds=BEATS_MISSED * beat_seconds),
            ),
            actions=[ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", force=False, message="Proses tidak memberi tanda / no heartbeat")],
        ),
        AutomationCore(
            name="cakupan: gagal / failed runs",
            description="A load that failed, crashed or left something out is told.",
            trigger=EventTrigger(
                expect=FAILED, match=OF_RUNS, match_related=_tagged(LOAD), posture=Posture.Reactive, threshold=1
            ),
            actions=[_tell(of_watch, "Cakupan: {{ flow.name }} gagal / failed", FAILURE)],
        ),
        AutomationCore(
            name="cakupan: tugas lain gagal / other failed runs",
            description="A watch or pages that failed or crashed are told, each once a day.",
            trigger=EventTrigger(
                expect=FAILED, match=OF_RUNS, match_related=_tagged(*OTHERS), for_each={FLOW_OF_RUN},
                posture=Posture.Reactive, threshold=1, within=DAY,
            ),
            actions=[_tell(block, "Cakupan: {{ flow.name }} gagal / failed", FAILURE)],
        ),
        AutomationCore(
            name="cakupan: keadaan / conditions",
            description="An error that the watch found, such as a month that was not delivered: told once a day each.",
            trigger=EventTrigger(
                expect={CONDITION}, for_each={"prefect.resource.id"}, posture=Posture.Reactive, threshold=1, within=DAY
            ),
            actions=[_tell(of_watch, "Cakupan: keadaan / condition", FOUND)],
        ),
        AutomationCore(
            name="cakupan: malam tanpa pemuatan / no nightly load",
            description="No nightly load came to its end for more than a day.",
            trigger=EventTrigger(
                expect=CAME_TO_ITS_END, match=OF_RUNS, match_related=_of_flow("nightly"),
                posture=Posture.Proactive, threshold=1, within=A_NIGHT_AND_SLACK,
            ),
            actions=[_tell(of_watch, "Cakupan: malam tanpa pemuatan / no nightly load", "{{ automation.description }}")],
        ),
        AutomationCore(
            name="cakupan: tidak ada yang berjalan / nothing runs",
            description="No run came to its end for six hours, though one is due every hour: is the worker alive?",
            trigger=EventTrigger(
                expect=CAME_TO_ITS_END, match=OF_RUNS, match_related=_tagged(TAG), posture=Posture.Proactive,
                threshold=1, within=SIX_LOOKS,
            ),
            actions=[_tell(block, "Cakupan: tidak ada yang berjalan / nothing runs", "{{ automation.description }}")],
        ),
    ]  # fmt: skip


def establish(client: SyncPrefectClient, wanted: AutomationCore) -> bool:
    """Return whether the automation had to be made or changed. One that somebody switched off stays off."""
    known = client.read_automations_by_name(wanted.name)
    if not known:
        client.create_automation(wanted)
        return True
    wanted = wanted.model_copy(update={"enabled": known[0].enabled})
    if _told(known[0]) == _told(wanted):
        return False
    client.update_automation(known[0].id, wanted)
    return True


def _told(automation: AutomationCore) -> dict[str, Any]:
    """Return what is declared of an automation, sets in one order."""
    told = automation.model_dump(mode="json", include=set(AutomationCore.model_fields), exclude={"trigger": {"id"}})
    ordered = {key: sorted(value) if key in SETS else value for key, value in told["trigger"].items()}
    return {**told, "trigger": ordered}


def _tagged(*tags: str) -> dict[str, str | list[str]]:
    return {"prefect.resource.role": "tag", "prefect.resource.id": [f"prefect.tag.{tag}" for tag in tags]}


def _of_flow(name: str) -> dict[str, str | list[str]]:
    return {"prefect.resource.role": "flow", "prefect.resource.name": name}


def _tell(block: UUID | None, subject: str, body: str) -> SendNotification | DoNothing:
    return SendNotification(block_document_id=block, subject=subject, body=body) if block else DoNothing()
