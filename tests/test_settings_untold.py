"""What somebody wrote into a settings file by mistake, a name or a number of a person, is not repeated by the message about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from flows.explaining import leaves, problems_of
from flows.settings import Settings
from flows.sources import ADDRESSES

PERSON = "ZZSITIRAHAYU"
NAMED = ("encoding", "layout")
"""What names something declared or known is repeated, so that a slip of the pen is seen."""
URLS = {
    "sftp": "sftp://a@h/f",
    "s3": "s3://b/f",
    "https": "https://h/f",
    "postgresql": "postgresql://a@h/d",
    "file": "file:///f",
}
FORMS = (PERSON, [PERSON], {"x": PERSON}, f"({PERSON}", f"(?P={PERSON})", f"5 {PERSON}", f"1503{PERSON}")


def places(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every place of a settings file that takes a value; below a mapping the key is x, in a list there is one."""
    for name, field in model.model_fields.items():
        key, inner = field.alias or name, list(leaves(field.annotation))
        if name == "remote":
            continue
        yield (*above, key)
        for one in inner:
            between = ("x",) if "dict" in str(field.annotation) else ("[]",) if "tuple" in str(field.annotation) else ()
            yield from places(one, (*above, key, *between))
    if "remote" in model.model_fields:
        for scheme, address in ADDRESSES.items():
            yield from ((*above, f"url={scheme}", name) for name in address.model_fields)


def written(place: tuple[str, ...], value: object) -> Mapping[str, Any]:
    """Return a settings file that has a value at a place."""
    if not place:
        return value  # type: ignore[return-value]
    first, *rest = place
    if first.startswith("url="):
        return {"url": URLS[first.removeprefix("url=")], **written(tuple(rest), value)}
    if first == "[]":
        return [written(tuple(rest), value)]  # type: ignore[return-value]
    return {first: written(tuple(rest), value)}


def test_no_message_about_a_setting_repeats_what_was_given() -> None:
    told, refused = dict[tuple[str, ...], str](), 0
    for place in places(Settings):
        for value in FORMS:
            try:
                Settings.model_validate(written(place, value))
            except ValidationError as wrong:
                refused += 1
                said = "; ".join(str(one) for one in problems_of(Settings, wrong))
                if PERSON.casefold() in said.casefold() and place[-1] not in NAMED:
                    told[place] = said
    assert refused > 200
    assert told == {}


@pytest.mark.parametrize("size", ["2 ORANG", "banyak", "-", "GiB"])
def test_what_is_no_size_is_told_how_one_is_written(size: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Settings.model_validate({"memory_limit": size})
    assert [str(one) for one in problems_of(Settings, wrong.value)] == [
        "memory_limit: not a size: write such as 1536MiB or 2GB"
    ]
