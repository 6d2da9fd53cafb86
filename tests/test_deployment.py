"""The deployment in prefect.yaml fits the flow that it starts."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule

ROOT = Path(__file__).parent.parent
YAML: Any = import_module("yaml")  # comes with Prefect, without types
DEPLOYMENTS: list[dict[str, Any]] = YAML.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
NAMES = [one["name"] for one in DEPLOYMENTS]


def flow_of(deployment: dict[str, Any]) -> Flow[Any, Any]:
    file, name = deployment["entrypoint"].split(":")
    flow = getattr(import_module(file.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(flow, Flow)
    return flow


def test_the_nightly_load_is_the_only_deployment() -> None:
    assert NAMES == ["nightly"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
def test_the_entrypoint_is_a_file_with_a_flow_of_the_deployments_name(deployment: dict[str, Any]) -> None:
    assert (ROOT / deployment["entrypoint"].split(":")[0]).is_file()
    assert flow_of(deployment).name == deployment["name"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
def test_the_parameters_satisfy_the_flow(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    bound = inspect.signature(flow.fn).bind(**deployment["parameters"])
    assert flow.validate_parameters(dict(bound.arguments)).items() >= deployment["parameters"].items()


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
def test_the_load_runs_every_night_in_jakarta_while_nobody_reads(deployment: dict[str, Any]) -> None:
    (schedule,) = deployment["schedules"]
    assert schedule["active"] is True
    cron = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
    assert ZoneInfo(str(cron.timezone)) == ZoneInfo("Asia/Jakarta")
    minute, hour, *days = cron.cron.split()
    assert (days, minute) == (["*"] * 3, "0")
    assert 0 <= int(hour) < 6


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
def test_two_runs_never_meet_on_one_home(deployment: dict[str, Any]) -> None:
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)
def test_no_key_is_handed_over_by_the_deployment(deployment: dict[str, Any]) -> None:
    assert "job_variables" not in deployment["work_pool"]
    assert not any("key" in name.lower() for name in deployment["parameters"])
