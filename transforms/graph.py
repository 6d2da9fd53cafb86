"""The build graph: a transform says what it needs and what it makes in its annotations, and that is all.

    @transform
    def in_force(membership: Lazy[Membership], rules: Lazy[MembershipRule], version: Version) -> Lazy[InForce]: ...

A parameter `Lazy[X] | None` is optional: None when X, or a delivery that X is made from, is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import NoneType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import polars as pl

from transforms import discover
from warehouse.calendar import Version
from warehouse.schema import Extract, Lazy, Table

FunctionT = TypeVar("FunctionT", bound=Callable[..., pl.LazyFrame])


class GraphError(Exception):
    """The transforms do not form a graph, or its inputs do not suffice."""


class MissingInputError(GraphError):
    """A transform needs a table that is neither given nor made by another transform."""

    def __init__(self, table: type[Table], wanted_by: str) -> None:
        """Say which transform, or the caller, misses which table."""
        super().__init__(f"{wanted_by} needs {table.__name__}, which is neither an input nor made by a transform")
        self.table = table


class Need(NamedTuple):
    """One parameter of a transform: a table, or the version when `table` is None."""

    table: type[Table] | None
    optional: bool = False

    def goes_without(self, missing: type[Table]) -> bool:
        """Return whether nothing is given for it where a table is missing: this one, or a delivery that it is made from."""
        return self.optional and (issubclass(missing, Extract) or missing is self.table)


class Transform(NamedTuple):
    """A function with the table it makes and the needs of its parameters, as its annotations state them."""

    function: Callable[..., pl.LazyFrame]
    makes: type[Table]
    needs: Mapping[str, Need]

    @property
    def name(self) -> str:
        """Return the function's module and name."""
        return f"{self.function.__module__}.{self.function.__name__}"


_transforms: dict[type[Table], Transform] = {}


def transform(function: FunctionT) -> FunctionT:
    """Return `function` itself, known to the graph from now on.

    Raises GraphError when an annotation is missing or strange, or when another function makes the same table.
    """
    step = _read(function)
    other = _transforms.get(step.makes)
    if other is not None and other.name != step.name:
        raise GraphError(f"{step.name} and {other.name} both make {step.makes.__name__}")
    _transforms[step.makes] = step
    return function


def build(
    targets: Collection[type[Table]], inputs: Mapping[type[Table], pl.LazyFrame], version: Version | None = None
) -> dict[type[Table], pl.LazyFrame]:
    """Return one LazyFrame per target; what several targets need is one and the same LazyFrame.

    `inputs` win over transforms that make the same table. Nothing is read or computed here.
    Raises MissingInputError, or GraphError on a cycle or when a transform needs a version and there is none.
    """
    discover()
    built = dict(inputs)
    return {target: _resolve(target, built, version, wanted_by=["the caller"]) for target in targets}


def missing_for(target: type[Table], inputs: Collection[type[Table]]) -> MissingInputError | None:
    """Return what `build` would raise of the target for want of an input; None where it can be built. No transform is called."""
    discover()
    try:
        _require(target, set(inputs), "the caller")
    except MissingInputError as missing:
        return missing
    return None


def inputs_of(targets: Collection[type[Table]]) -> set[type[Table]]:
    """Return the tables that no transform makes and that the targets need or can use."""
    discover()
    found: set[type[Table]] = set()
    waiting, seen = list(targets), set(targets)
    while waiting:
        table = waiting.pop()
        step = _transforms.get(table)
        if step is None:
            found.add(table)
            continue
        needed = {need.table for need in step.needs.values() if need.table is not None} - seen
        seen |= needed
        waiting += needed
    return found


def families(targets: Sequence[type[Table]], cheap: Collection[type[Table]] = ()) -> list[list[type[Table]]]:
    """Return the targets in groups, each in its order: those that share what a transform makes stand together.

    What is `cheap` to make again joins nobody. Computed one after the other, families need the memory of the largest.
    """
    discover()
    found: list[tuple[set[type[Table]], list[type[Table]]]] = []
    for target in targets:
        made, members = _made_for(target) - set(cheap), [target]
        for other in [one for one in found if one[0] & made]:
            found.remove(other)
            made, members = made | other[0], other[1] + members
        found.append((made, members))
    return [members for _, members in found]


def between(
    targets: Sequence[type[Table]], inputs: Collection[type[Table]], cheap: Collection[type[Table]] = ()
) -> list[type[Table]]:
    """Return what transforms make of `inputs` on the way to the targets, each after what it is made of.

    Targets themselves, and what is `cheap` to make again, are left out.
    """
    discover()
    found: list[type[Table]] = []
    for target in targets:
        needs = _transforms[target].needs.values() if target in _transforms else ()
        made = [need.table for need in needs if need.table in _transforms and need.table not in inputs]
        for table in made:
            assert table is not None
            found += [one for one in (*between([table], inputs, cheap), table) if one not in found]
    return [one for one in found if one not in targets and one not in cheap]


def _made_for(target: type[Table]) -> set[type[Table]]:
    step = _transforms.get(target)
    if step is None:
        return set()
    needed = [need.table for need in step.needs.values() if need.table is not None]
    return {target}.union(*map(_made_for, needed))


def transforms() -> Mapping[type[Table], Transform]:
    """Return every transform by the table that it makes."""
    discover()
    return dict(_transforms)


def _resolve(
    table: type[Table], built: dict[type[Table], pl.LazyFrame], version: Version | None, wanted_by: list[str]
) -> pl.LazyFrame:
    if table in built:
        return built[table]
    step = _transforms.get(table)
    if step is None:
        raise MissingInputError(table, wanted_by[-1])
    if step.name in wanted_by:
        raise GraphError(
            "transforms need each other: " + " -> ".join([*wanted_by[wanted_by.index(step.name) :], step.name])
        )
    arguments = {
        parameter: _argument(need, built, version, [*wanted_by, step.name]) for parameter, need in step.needs.items()
    }
    built[table] = step.function(**arguments)
    return built[table]


def _argument(
    need: Need, built: dict[type[Table], pl.LazyFrame], version: Version | None, wanted_by: list[str]
) -> pl.LazyFrame | Version | None:
    if need.table is None:
        if version is None:
            raise GraphError(f"{wanted_by[-1]} needs a version, and none was given")
        return version
    try:
        return _resolve(need.table, built, version, wanted_by)
    except MissingInputError as missing:
        if need.goes_without(missing.table):
            return None
        raise


def _require(table: type[Table], known: set[type[Table]], wanted_by: str) -> None:
    """Raise MissingInputError where a table is neither known nor can be made; else it is known from then on."""
    if table in known:
        return
    step = _transforms.get(table)
    if step is None:
        raise MissingInputError(table, wanted_by)
    known.add(table)
    for need in step.needs.values():
        try:
            if need.table is not None:
                _require(need.table, known, step.name)
        except MissingInputError as missing:
            if not need.goes_without(missing.table):
                known.remove(table)
                raise


def _read(function: Callable[..., pl.LazyFrame]) -> Transform:
    hints: dict[str, Any] = get_type_hints(function)
    made, where = hints.pop("return", None), f"{function.__module__}.{function.__name__}"
    if get_origin(made) is not Lazy:
        raise GraphError(f"{where} must say what it makes: -> Lazy[SomeTable]")
    (table,) = get_args(made)
    return Transform(function, table, {key: _need(hint, f"{key} of {where}") for key, hint in hints.items()})


def _need(hint: Any, where: str) -> Need:
    if hint is Version:
        return Need(None)
    choices = get_args(hint) if NoneType in get_args(hint) else (hint,)
    match [table for choice in choices if get_origin(choice) is Lazy for table in get_args(choice)]:
        case [table] if len(choices) <= 2:
            return Need(table, optional=len(choices) == 2)
    raise GraphError(f"parameter {where} must be Lazy[SomeTable], Lazy[SomeTable] | None or Version")
