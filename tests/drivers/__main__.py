"""`python -m tests.drivers HOME`: what was published in HOME reaches BI tools whole through each driver; 1 when not."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.publishing.transfer import send
from flows.receive.retry import Patience
from tests.drivers import checks
from tests.drivers.figures import comment, expected
from tests.publishing.target import SECRET, readied, target
from tests.servers import postgresql
from tests.servers.__main__ import Needed, provide
from tests.servers.authority import Authority
from warehouse.home import Home


def found(program: str) -> Callable[[], object]:
    """Return a look for a program, which raises when this machine does not have it."""

    def look() -> object:
        if (path := shutil.which(program)) is None:
            raise RuntimeError(program)
        return path

    return look


def jar() -> object:
    """Return PostgreSQL's JDBC driver; raises when this machine does not have it."""
    assert checks.JAR.exists()
    return checks.JAR


NEEDED: Needed = {
    "postgresql": postgresql.programs,
    "odbc-postgresql": checks.psqlodbc,
    "unixodbc": found("isql"),
    "libpostgresql-jdbc-java": jar,
    "default-jdk-headless": found("javac"),
    "libreoffice-calc-nogui": found("soffice"),
}


def main() -> int:
    """Print a line per driver: what it is, and whether the figures came through."""
    if provide(NEEDED):
        return 1
    home = Home(Path(sys.argv[1]).resolve())
    wanted = expected(home.current)
    with TemporaryDirectory(prefix="cakupan-drivers-") as folder:
        with readied(Authority(Path(folder) / "authority")) as server:
            os.environ["SANDI"] = SECRET
            send(home.current.parent.resolve(), target(server), Patience(0))
            told = comment(home.current)
            answers = [
                passed("ODBC to PostgreSQL", lambda: checks.odbc(server, wanted)),
                passed("JDBC to PostgreSQL", lambda: checks.jdbc(server, wanted, told)),
            ]
        answers.append(passed("CSV in a spreadsheet", lambda: checks.spreadsheet(home.root, wanted, Path(folder))))
    print(f"{len(wanted)} figures of mart.coverage, {answers.count(True)} of {len(answers)} drivers agree")
    return 0 if all(answers) else 1


def passed(name: str, check: Callable[[], str]) -> bool:
    """Tell whether a check passed, and print how it went."""
    try:
        print(f"{name:22} ok  {check()}", flush=True)
    except Exception:
        print(f"{name:22} NO  {traceback.format_exc()}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
