"""The deployments in prefect.yaml fit the flows that they start, and the form that Prefect draws from them."""

from __future__ import annotations

import inspect
import re
from datetime import date
from typing import Any, get_type_hints
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows.operations.automations import automations
from flows.operations.deploying import ROOT, Places, declared, flow_of, parameters_of
from flows.operations.parameters import Backfill
from flows.operations.pool import POOL, QUEUE, TAG
from warehouse.calendar import months_between, newest_to_close

DEPLOYMENTS = declared(ROOT / "prefect.yaml")
NAMES = [one["name"] for one in DEPLOYMENTS]
WRITERS = {"nightly", "month-close", "backfill"}
BOTH_LANGUAGES = re.compile(r".+ / .+", re.S)
of_each = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=NAMES)


def crons() -> dict[str, str]:
    """Return the rhythm of every deployment that has one."""
    return {one["name"]: schedule["cron"] for one in DEPLOYMENTS for schedule in one["schedules"]}


def fields(deployment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields of the form."""
    schema = parameter_schema(flow_of(deployment))
    return {name: told for model in schema.definitions.values() for name, told in model["properties"].items()}


def test_there_is_a_deployment_for_every_shift() -> None:
    assert NAMES == ["nightly", "month-close", "backfill", "freshness", "site"]


@of_each
def test_the_entrypoint_is_a_file_with_a_flow_of_the_deployments_name(deployment: dict[str, Any]) -> None:
    assert (ROOT / deployment["entrypoint"].split(":")[0]).is_file()
    assert flow_of(deployment).name == deployment["name"]


@of_each
def test_the_parameters_satisfy_the_flow(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    bound = inspect.signature(flow.fn).bind(**deployment["parameters"])
    assert flow.validate_parameters(dict(bound.arguments)).keys() == deployment["parameters"].keys()


@of_each
def test_the_folders_of_an_installation_take_the_place_of_those_in_the_file(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    (asked,) = parameters_of(deployment, flow, Places("/a", "/b", "/c")).values()
    (model,) = [kind for name, kind in get_type_hints(flow.fn).items() if name != "return"]
    known = {"home": "/a", "source": "/b", "config": "/c"}
    assert asked.items() >= {name: place for name, place in known.items() if name in model.model_fields}.items()
    assert "source" in asked or deployment["name"] not in WRITERS


@of_each
def test_every_field_of_the_form_has_a_title_and_a_description_in_both_languages(deployment: dict[str, Any]) -> None:
    told = [(field["title"], field["description"]) for field in fields(deployment).values()]
    assert told
    assert [text for pair in told for text in pair if not BOTH_LANGUAGES.fullmatch(text)] == []


@of_each
def test_the_form_asks_for_paths_months_codes_and_minutes_alone(deployment: dict[str, Any]) -> None:
    assert fields(deployment).keys() <= {"home", "source", "config", "month", "from", "to", "regions", "wait_minutes"}
    assert "job_variables" not in deployment["work_pool"]


@pytest.mark.parametrize(
    "wrong",
    [{"from": "2025-13"}, {"from": "03/2025"}, {"regions": ["Jambi"]}, {"nik": "1503000000000001"}, {"home": ""}],
)
def test_what_is_no_month_no_code_and_no_path_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Backfill.model_validate({"home": "/srv", "from": "2025-01", "to": "2025-03"} | wrong)


def test_the_rhythms_are_those_of_the_night_in_jakarta() -> None:
    assert crons() == {
        "nightly": "0 2 * * *", "month-close": "0 4 16 * *", "freshness": "7 * * * *", "site": "30 5 * * *",
    }  # fmt: skip
    zones = {schedule["timezone"] for one in DEPLOYMENTS for schedule in one["schedules"]}
    assert {ZoneInfo(zone) for zone in zones} == {ZoneInfo("Asia/Jakarta")}


def test_every_month_is_closed_once() -> None:
    days = [date(year, month, 16) for year in (2024, 2025) for month in range(1, 13)]
    assert [newest_to_close(day) for day in days] == list(months_between(date(2023, 12, 1), date(2025, 11, 1)))
    assert newest_to_close(date(2025, 3, 15)) == date(2025, 1, 1)


@of_each
def test_loads_wait_for_each_other_and_watchers_are_never_two(deployment: dict[str, Any]) -> None:
    strategy = "ENQUEUE" if deployment["name"] in WRITERS else "CANCEL_NEW"
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": strategy}
    assert deployment["work_pool"] == {"name": POOL, "work_queue_name": QUEUE}
    assert TAG in deployment["tags"]


def test_one_of_both_tells_of_loads_the_watch_where_it_has_an_address_or_the_server() -> None:
    loads = {"failed runs", "conditions", "no nightly load"}
    others = {"other failed runs", "nothing runs"}
    assert telling(uuid4(), watch_tells=False) == loads | others
    assert telling(uuid4(), watch_tells=True) == others
    assert telling(None, watch_tells=False) == set()


def telling(block: UUID | None, *, watch_tells: bool) -> set[str]:
    """Return the automations that tell somebody, by their English names."""
    found = automations(60, block, watch_tells)
    return {
        one.name.partition(" / ")[2] for one in found for action in one.actions if action.type == "send-notification"
    }
