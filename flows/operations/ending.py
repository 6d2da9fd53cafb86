"""How a load ends in Prefect: a run that left out a file, a month or a receiver is a failed run, though the rest is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prefect import State
from prefect.states import Failed

LEFT_OUT = 4
REST = "yang lain sudah dimuat / all else is loaded: load-summary"


class LoadedInPart(Exception):
    """A load that would have ended the command with exit code 4; it holds the result, its text holds no name of a file."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.result = dict(result)
        super().__init__("; ".join([*_left_out(result), REST]))


def ending(result: dict[str, Any]) -> dict[str, Any] | State[Any]:
    """Return the result, with which a run completes, or the state Failed where somebody has to look.

    The state is Prefect's own, so that every automation for failed runs heeds it.
    """
    if result["exit_code"] != LEFT_OUT:
        return result
    left_out = LoadedInPart(result)
    return Failed(message=str(left_out), data=left_out)


def result_of(state: State[Any]) -> dict[str, Any]:
    """Return the result of a load from how its run ended. Raises what ended it, when there is none."""
    found = state.result(raise_on_failure=False)
    if isinstance(found, LoadedInPart):
        return found.result
    if isinstance(found, BaseException):
        raise found
    return dict(found)


def _left_out(result: Mapping[str, Any]) -> Iterable[str]:
    if files := result["stopped_files"]:
        yield f"{len(files)} berkas dihentikan / files stopped ({_rules(files)})"
    if missed := result["not_received"]:
        yield f"{len(missed)} sumber atau berkas tidak diterima / sources or files not received ({_rules(missed)})"
    if months := result["stopped_months"]:
        yield f"bulan dihentikan / months stopped: {', '.join(sorted(months))}"
    if facts := result["stopped_facts"]:
        yield f"fakta ditahan / facts held back: {', '.join(sorted(facts))}"
    if receivers := result["not_sent"]:
        yield f"tidak terkirim / not sent to: {', '.join(sorted(receivers))}"


def _rules(reasons: Mapping[str, Iterable[str]]) -> str:
    return ", ".join(sorted({reason.partition(":")[0] for several in reasons.values() for reason in several}))
