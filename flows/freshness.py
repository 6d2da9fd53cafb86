"""The flow that looks, every hour, for what should have come and did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import flow  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.events import emit_event  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402

from flows import settings  # noqa: E402
from flows.operations.automations import CONDITION  # noqa: E402
from flows.operations.crashed import mark_crashed  # noqa: E402
from flows.operations.parameters import Place  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.watching.condition import Condition, Weight  # noqa: E402
from flows.watching.watch import watch  # noqa: E402
from warehouse.home import Home  # noqa: E402


@flow(name="freshness", persist_result=False, log_prints=False)
def freshness(look: Place) -> list[str]:
    """Watch the home: what is missing, late or strange, told to those whom the settings name, when it is new.

    Returns what needs somebody; everything is a table of the run, and one event for each error; automations heed these.
    Runs that lost their process are marked as crashed on the way.
    """
    with without_texts():
        mark_crashed()
        told = settings.load(Path(look.config) if look.config else None)
        found = watch(Home(Path(look.home).resolve()), told, say=get_run_logger().info).conditions
        errors = [one for one in found if one.weight is Weight.ERROR]
        for one in errors:
            emit_event(CONDITION, resource=_resource(one), payload={"text": one.en, "teks": one.id})
        create_table_artifact([_row(one) for one in found], key="freshness", description="Keadaan / conditions")
    return [one.name for one in errors]


def _resource(one: Condition) -> dict[str, str]:
    named = one.name.replace(": ", ".").replace(" ", ".")
    return {"prefect.resource.id": f"cakupan.{named}", "prefect.resource.name": one.name}


def _row(one: Condition) -> dict[str, Any]:
    return {"bobot / weight": one.weight, "hal / what": one.name, "teks": one.id, "text": one.en, "cure": one.cure}
