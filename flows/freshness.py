"""The flow that looks, every hour, for what should have come and did not."""

from __future__ import annotations

from typing import Any

from flows.quiet import be_quiet

be_quiet()

from prefect import flow  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.events import emit_event  # noqa: E402

from flows.operations.crashed import mark_crashed  # noqa: E402
from flows.operations.parameters import Place  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.watching.freshness import Missing, check  # noqa: E402

MISSING = "cakupan.delivery.missing"


@flow(name="freshness", persist_result=False, log_prints=False)
def freshness(look: Place) -> list[str]:
    """Look for kinds without the month that fell due, and for regencies that the newest month lacks.

    Returns what is missing, which is a table of the run and one event for each finding; automations heed these. Runs
    that lost their process are marked as crashed on the way.
    """
    with without_texts():
        mark_crashed()
        found = check(look.home, look.config)
        for one in found:
            emit_event(MISSING, resource=_resource(one), payload={"text": one.text})
        create_table_artifact([_row(one) for one in found], key="freshness", description="Belum datang / missing")
    return [one.text for one in found]


def _resource(one: Missing) -> dict[str, str]:
    named = f"cakupan.{one.what.lower()}.{one.name.split()[0]}.{one.month:%Y-%m}"
    return {"prefect.resource.id": named, "prefect.resource.name": one.text}


def _row(one: Missing) -> dict[str, Any]:
    return {"apa / what": one.name, "bulan / month": f"{one.month:%Y-%m}", "terakhir / newest": f"{one.newest:%Y-%m}"}
