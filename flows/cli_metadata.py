"""The command `cakupan metadata`: the forms of Satu Data Indonesia, and DCAT."""

from __future__ import annotations

import argparse
import json
import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from warehouse.errors import Stop


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `cakupan`."""
    sub = add("metadata", help="MS-Ind, MS-Var and DCAT / metadata Satu Data Indonesia")
    sub.add_argument("--out", required=True, type=Path, metavar="DIR")
    sub.add_argument(
        "--home", type=Path, default=os.environ.get("CAKUPAN_HOME"), metavar="DIR",
        help="tell what its published version covers (CAKUPAN_HOME); without it only what is declared",
    )  # fmt: skip
    sub.add_argument("--publisher", default="", metavar="NAME", help="who publishes the data / penerbit")
    sub.add_argument("--licence", default="", metavar="URL", help="licence of the data; it is left out unless stated")
    sub.add_argument("--public", action="store_true", help="everyone may have the data / dapat diakses umum")
    sub.add_argument("--base", default="", metavar="URL", help="address the files lie under, with a slash at its end")
    arguments.as_json(sub)
    sub.set_defaults(action=metadata)


def metadata(given: Namespace) -> int:
    """Write the metadata files and print where they are."""
    from flows.metadata import write_metadata
    from warehouse.home import Home
    from warehouse.metadata.terms import UNSTATED_PUBLISHER, Terms

    home = Home(given.home.resolve()) if given.home else None
    if home and not home.current.exists():
        en, id = f"nothing is published in {home.root}", f"belum ada terbitan di {home.root}"
        raise Stop("nothing_published", en, id, "leave --home out, or load extracts first")
    terms = Terms(given.publisher or UNSTATED_PUBLISHER, given.licence, given.public, given.base)
    files = [str(file) for file in write_metadata(given.out, terms, home)]
    print(json.dumps(files, indent=1) if given.json else "\n".join(files))
    return 0
