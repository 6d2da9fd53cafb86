"""An OpenLineage event as the official client's classes, which are made from the specification, read it."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attr
import openlineage.client.generated as generated
from openlineage.client.generated.base import BaseFacet, RunEvent

URL = "_schemaURL"


def read_event(told: Mapping[str, Any]) -> RunEvent:
    """Return the event as the client's own. Raises AssertionError or TypeError where a value is not as specified."""
    event = _read(RunEvent, told, "event")
    assert isinstance(event, RunEvent)
    assert told["schemaURL"] == RunEvent._get_schema()
    return event


def facet_classes() -> dict[str, type[BaseFacet]]:
    """Return the classes of all facets by name."""
    modules = [import_module(f"{generated.__name__}.{one.name}") for one in pkgutil.iter_modules(generated.__path__)]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    return {one.__name__: one for one in found if issubclass(one, BaseFacet)}


FACETS = facet_classes()


def _read(kind: Any, told: Any, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        [kind] = [one for one in inner if one is not NoneType]
        return None if told is None else _read(kind, told, where)
    if origin is list:
        return [_read(inner[0], one, f"{where}[{place}]") for place, one in enumerate(told)]
    if origin is dict:
        return {key: _read(inner[1], one, f"{where}.{key}") for key, one in told.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(told)
    if attr.has(kind):
        return _object(_facet(told, where) if issubclass(kind, BaseFacet) else kind, told, where)
    assert isinstance(told, kind) and isinstance(told, bool) is (kind is bool), f"{where}: {told!r} is no {kind}"
    return told


def _object(kind: Any, told: Mapping[str, Any], where: str) -> Any:
    hints, fields = get_type_hints(kind), {one.name: one for one in attr.fields(kind)}
    unknown = set(told) - set(fields)
    assert not unknown, f"{where}: {kind.__name__} knows no {unknown}"
    read = {name: _read(hints[name], value, f"{where}.{name}") for name, value in told.items() if fields[name].init}
    return kind(**{fields[name].alias: value for name, value in read.items()})


def _facet(told: Mapping[str, Any], where: str) -> type[BaseFacet]:
    kind = FACETS[told[URL].rpartition("/")[2]]
    assert told[URL] == kind._get_schema(), f"{where}: {told[URL]} is not {kind._get_schema()}"
    return kind
