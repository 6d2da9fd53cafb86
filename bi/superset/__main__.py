"""`python -m bi.superset`: start Superset on loopback for one home; the first time, install and prepare it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from bi.superset.environment import ensure
from bi.superset.server import HOST, Superset, published
from warehouse.errors import Stop

PORT = 8088


def main() -> NoReturn:
    """Become the server, or end with 1 and say why it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bi.superset", description="Superset for one home, on loopback.")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("CAKUPAN_HOME", "demo")), metavar="DIR")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="metadata and secrets (HOME/superset)")
    parser.add_argument("--venv", type=Path, default=Path(".venv-superset"), metavar="DIR", help="Superset's packages")
    given = parser.parse_args()
    try:
        home = published(given.home)
        superset = Superset(ensure(given.venv.absolute()), home, (given.folder or home / "superset").absolute())
        is_new = superset.prepare()
    except Stop as stopped:
        sys.exit(str(stopped))
    print(f"http://{HOST}:{given.port}/superset/dashboard/cakupan/   .../kepatuhan/   (Ctrl-C: berhenti / stop)")
    password = superset.password_file.read_text(encoding="utf-8") if is_new else ""
    print(f"admin {password}   (kata sandi / password: {superset.password_file})", flush=True)
    command = superset.command(given.port)
    os.execve(command[0], command, superset.environment)


if __name__ == "__main__":
    main()
