"""The deployments of prefect.yaml on a server: made where they are missing, changed where they differ, else left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyOptions
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema

ROOT = Path(__file__).parents[2]
TOLD = (
    "description", "tags", "entrypoint", "pull_steps", "parameters", "parameter_openapi_schema",
    "enforce_parameter_schema", "work_pool_name", "work_queue_name",
)  # fmt: skip
STEP = "prefect.deployments.steps.set_working_directory"


@dataclass(frozen=True)
class Places:
    """The folders that take the place of those in prefect.yaml; without a source, the sources with a url are meant."""

    home: str
    source: str | None = None
    config: str | None = None

    def put_into(self, parameters: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters of a flow with our folders, as far as it asks for them."""
        return {**parameters, **{key: value for key, value in vars(self).items() if key in known}}


def declared(file: Path) -> list[dict[str, Any]]:
    """Return the deployments that a prefect.yaml declares."""
    return list(yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"])


def flow_of(deployment: Mapping[str, Any]) -> Flow[..., Any]:
    """Return the flow that a deployment starts."""
    file, name = deployment["entrypoint"].split(":")
    found = getattr(import_module(file.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(found, Flow)
    return found


def deploy(client: SyncPrefectClient, deployment: Mapping[str, Any], places: Places, root: Path = ROOT) -> bool:
    """Return whether the deployment had to be made or changed to be as declared.

    A schedule that somebody switched off stays off, also when the deployment changes.
    """
    flow = flow_of(deployment)
    wanted = _wanted(deployment, flow, places, root)
    found = _known(client, f"{flow.name}/{deployment['name']}")
    if found is not None:
        off = [one.schedule for one in found.schedules if not one.active]
        wanted["schedules"] = [_switched(one, off) for one in wanted["schedules"]]
        if _as_told(found) == _as_wanted(wanted):
            return False
    client.create_deployment(flow_id=client.create_flow(flow), name=deployment["name"], **wanted)
    return True


def parameters_of(deployment: Mapping[str, Any], flow: Flow[..., Any], places: Places) -> dict[str, Any]:
    """Return the parameters of a deployment with the folders of this installation."""
    models = {name: kind for name, kind in get_type_hints(flow.fn).items() if name != "return"}
    return {name: places.put_into(asked, models[name].model_fields) for name, asked in deployment["parameters"].items()}


def _wanted(deployment: Mapping[str, Any], flow: Flow[..., Any], places: Places, root: Path) -> dict[str, Any]:
    limit, pool = deployment["concurrency_limit"], deployment["work_pool"]
    return {
        "description": deployment["description"],
        "tags": list(deployment["tags"]),
        "entrypoint": deployment["entrypoint"],
        "pull_steps": [{STEP: {"directory": str(root)}}],
        "parameters": parameters_of(deployment, flow, places),
        "parameter_openapi_schema": parameter_schema(flow).model_dump(exclude_unset=True),
        "enforce_parameter_schema": True,
        "schedules": [_schedule(one) for one in deployment["schedules"]],
        "concurrency_limit": limit["limit"],
        "concurrency_options": ConcurrencyOptions(collision_strategy=limit["collision_strategy"]),
        "work_pool_name": pool["name"],
        "work_queue_name": pool["work_queue_name"],
    }


def _schedule(told: Mapping[str, Any]) -> DeploymentScheduleCreate:
    if "interval" in told:
        rhythm = {key: value for key, value in told.items() if key != "active"}
        return DeploymentScheduleCreate(schedule=IntervalSchedule.model_validate(rhythm), active=told["active"])
    return DeploymentScheduleCreate(
        schedule=CronSchedule(cron=told["cron"], timezone=told["timezone"]), active=told["active"]
    )


def _switched(schedule: DeploymentScheduleCreate, off: Sequence[Any]) -> DeploymentScheduleCreate:
    return schedule.model_copy(update={"active": schedule.active and _key(schedule.schedule) not in map(_key, off)})


def _known(client: SyncPrefectClient, name: str) -> DeploymentResponse | None:
    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound:
        return None


def _as_wanted(wanted: Mapping[str, Any]) -> dict[str, Any]:
    schedules = [(_key(one.schedule), one.active) for one in wanted["schedules"]]
    return {**wanted, "schedules": schedules, "concurrency_options": wanted["concurrency_options"].collision_strategy}


def _as_told(found: DeploymentResponse) -> dict[str, Any]:
    """Return what the server knows of a deployment, as far as we declare it."""
    limit, options = found.global_concurrency_limit, found.concurrency_options
    return {
        **{name: getattr(found, name) for name in TOLD},
        "schedules": [(_key(one.schedule), one.active) for one in found.schedules],
        "concurrency_limit": limit.limit if limit else None,
        "concurrency_options": options.collision_strategy if options else None,
    }


def _key(schedule: Any) -> str:
    """Return a schedule by its rhythm; the moment from which an interval counts is the server's."""
    return str(getattr(schedule, "cron", None) or schedule.interval) + str(schedule.timezone or "UTC")
