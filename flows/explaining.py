"""What is wrong in a settings file: every mistake with its key, what is known there, and the cure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from flows.sources import ADDRESSES, Address
from warehouse.errors import Stop

CURE = "see docs/settings.md and docs/corrections.md"
INLINE = ("dialect", "remote")
UNTOLD = dict.fromkeys(("byte_size", "byte_size_unit"), "not a size: write such as 1536MiB or 2GB")
"""What is said in place of a message that would repeat what was given, by the kind of mistake."""
Location = tuple[int | str, ...]


@dataclass(frozen=True)
class Problem:
    """A mistake: the key as it stands in the file, what is wrong with it, which keys are known there, and the cure."""

    key: str
    wrong: str
    known: tuple[str, ...] = ()
    cure: str = CURE

    def __str__(self) -> str:
        return " ".join(
            [self.key, self.wrong] if self.known else [f"{self.key}:", self.wrong] if self.key else [self.wrong]
        )


class SettingsWrong(Stop):
    """A settings file that cannot be obeyed, with every mistake in it."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        told = f"{file}: {'; '.join(str(one) for one in self.problems)}"
        super().__init__("settings_wrong", told, told, CURE)


def problems_of(model: type[BaseModel], wrong: ValidationError) -> list[Problem]:
    """Return the mistakes that the model found, without any value that was given but the names of encodings and layouts."""
    return [_problem(model, error) for error in wrong.errors(include_input=False, include_url=False)]


def _problem(model: type[BaseModel], error: Any) -> Problem:
    location: Location = error["loc"]
    key = ".".join(_as_written(location))
    if error["type"] != "extra_forbidden":
        return Problem(key, UNTOLD.get(error["type"], error["msg"].removeprefix("Value error, ")))
    known = tuple(sorted(_known(model, location[:-1])))
    near = get_close_matches(str(location[-1]), known, n=1)
    return Problem(
        key, "is not a setting" + (f" (did you mean {near[0]}?)" if near else ""), known,
        f"write {near[0]}, or leave it out" if near else f"leave it out; {CURE}",
    )  # fmt: skip


def _as_written(location: Location) -> Iterator[str]:
    """Yield the parts of a key as the file has them: the keys of an address stand directly in their source."""
    parts = iter(location)
    for part in parts:
        if part == "remote":
            next(parts, None)
        else:
            yield str(part)


def _known(model: type[BaseModel], location: Location) -> set[str]:
    """Return the keys that are known at a place of the file."""
    here, beside = [model], set[str]()
    for part in location:
        if part == "remote":
            beside = _names(here)
        below = [one for at in here for one in _models_of(at, part)]
        if part in ADDRESSES and any(issubclass(one, Address) for one in here):
            below = [ADDRESSES[str(part)]]
        here = below or here
    return _names(here) | beside


def _names(models: Iterable[type[BaseModel]]) -> set[str]:
    named = {field.alias or name for model in models for name, field in model.model_fields.items()}
    inline = {one for model in models if "remote" in model.model_fields for one in _models_of(model, "dialect")}
    return (named - set(INLINE) | {"url"} | _names(inline)) if inline else named


def _models_of(model: type[BaseModel], key: int | str) -> Iterator[type[BaseModel]]:
    field = next((one for name, one in model.model_fields.items() if key in (name, one.alias)), None)
    if field is not None:
        yield from leaves(field.annotation)


def leaves(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a field may hold, however deep its annotation names them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from leaves(inner)
