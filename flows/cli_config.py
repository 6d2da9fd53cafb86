"""The commands around sources: `cakupan config check` explains the settings, `cakupan receive` only receives."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say

USAGE, SOMETHING_FAILED = 2, 4


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add both commands to the parser."""
    config = add("config", help="explain the settings file / periksa berkas pengaturan")
    whats = config.add_subparsers(dest="what", required=True, metavar="check|roles")
    roles = whats.add_parser("roles", help="SQL for PostgreSQL's administrator / SQL untuk administrator PostgreSQL")
    roles.set_defaults(action=print_roles)
    roles.add_argument("--config", default="cakupan.toml", metavar="FILE", help="cakupan.toml")
    check = whats.add_parser(
        "check", help="every mistake with its key and its cure / setiap kesalahan dan cara memperbaikinya"
    )
    check.set_defaults(action=check_config)
    check.add_argument("--config", default="cakupan.toml", metavar="FILE", help="cakupan.toml")
    check.add_argument("--connect", action="store_true", help="log in to every source and to PostgreSQL")
    arguments.as_json(check)
    receive = add("receive", help="receive extracts without loading them / terima berkas tanpa memuat")
    receive.set_defaults(action=receive_only)
    receive.add_argument("--source", metavar="DIR", help="folder of extracts; without it the sources with a url")
    arguments.home(receive, writes=True)
    arguments.config(receive)
    arguments.as_json(receive)


def check_config(given: argparse.Namespace) -> int:
    """Print what is wrong with a settings file, and return 2 if anything is."""
    from flows.checking import check

    found = check(Path(given.config), connect=given.connect, say=say)
    if given.json:
        print(json.dumps(found.data(), indent=1, ensure_ascii=False))
    else:
        print(found.text())
    return USAGE if found.problems else 0


def print_roles(given: argparse.Namespace) -> int:
    """Print the SQL that makes the roles of `[publish.postgresql]`."""
    from flows.publishing.roles import administration
    from flows.settings import load
    from warehouse.errors import Stop

    target = load(Path(given.config)).publish.postgresql
    if target is None:
        told = f"{given.config} has no [publish.postgresql]", f"{given.config} tanpa [publish.postgresql]"
        raise Stop("target_undeclared", *told, "see docs/publishing.md")
    print(administration(target))
    return 0


def receive_only(given: argparse.Namespace) -> int:
    """Receive, print what came, and return 4 if a file or a source could not be received."""
    from flows.receive.alone import receive_alone

    received = receive_alone(given.home, Path(given.source) if given.source else None, given.config, say)
    if given.json:
        print(json.dumps(received.data(), indent=1, ensure_ascii=False))
    else:
        print(received.text())
    return SOMETHING_FAILED if received.failed else 0
