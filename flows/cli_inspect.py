"""The command `cakupan inspect`: what a file is, and the settings that would load it."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `cakupan`."""
    sub = add("inspect", help="what a file is and how to load it / kenali sebuah berkas")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--kind", default="", metavar="KIND", help="such as kepesertaan; without it the headers say")
    sub.add_argument("--config", type=Path, metavar="FILE", help="cakupan.toml to start from")
    arguments.as_json(sub)
    sub.set_defaults(action=inspecting)


def inspecting(given: Namespace) -> int:
    """Print what the file is; the exit code is that of a load of it: 0 whole, 3 rejected rows, 4 stopped."""
    from flows.inspecting.inspection import inspect
    from flows.inspecting.text import as_data, text
    from flows.settings import load

    found = inspect(given.file, load(given.config), given.kind, say)
    print(json.dumps(as_data(found), indent=1, ensure_ascii=False) if given.json else text(found))
    return found.exit_code
