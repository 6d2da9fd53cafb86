"""`make verify-superset`: install and start Superset on loopback for a copy of a home, and hold it to what is promised.

Prints one line per promise kept, in order; ends with 1 and the reason at the first that is not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bi.superset.environment import ensure
from bi.superset.server import BUNDLE, HERE, HOST, Superset, published
from tests.superset import promises
from tests.superset.client import Client
from warehouse.home import Home

PATIENCE = 300


def main() -> int:
    """Return 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.superset")
    parser.add_argument("--home", type=Path, default=Path("demo"))
    parser.add_argument("--venv", type=Path, default=Path(".venv-superset"))
    parser.add_argument("--pictures", type=Path, default=Path("build/superset"))
    parser.add_argument("--port", type=int, default=8099)
    given = parser.parse_args()
    python, pictures = ensure(given.venv.absolute()), given.pictures.absolute()
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = copy_of(published(given.home), Path(folder) / "home")
        superset = Superset(python, home, Path(folder) / "superset")
        superset.prepare()
        with serving(superset, given.port, pictures / "server.log") as base:
            password = superset.password_file.read_text(encoding="utf-8")
            client = Client(base, password)
            for line in promises.kept(client, home, BUNDLE):
                print(line, flush=True)
            for line in seen(superset, base, password, pictures):
                print(line, flush=True)
            print(promises.publishes_show(client, home))
    return 0


def copy_of(home: Path, target: Path) -> Path:
    """Return a home with what `home` has built and published last, so that the check may publish more."""
    version = Home(home).current.resolve().parent
    shutil.copytree(version, Home(target).published / version.name)
    (Home(target).published / "current").symlink_to(version.name)
    shutil.copyfile(Home(home).warehouse, Home(target).warehouse)
    return target


@contextmanager
def serving(superset: Superset, port: int, log: Path) -> Iterator[str]:
    """Yield the address of the running server, and end it afterwards; what it says goes to `log`."""
    base = f"http://{HOST}:{port}"
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(superset.command(port), env=superset.environment, stdout=said, stderr=said) as server,
    ):
        try:
            until = time.monotonic() + PATIENCE
            while not answers(base):
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(1)
            yield base
        finally:
            server.terminate()


def answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health", timeout=30).status_code == 200
    except httpx.HTTPError:
        return False


def seen(superset: Superset, base: str, password: str, pictures: Path) -> Iterator[str]:
    """Yield what a browser sees: dashboards without errors, every chart answered, and nothing asked of others."""
    if not (shutil.which("chromedriver") and shutil.which("chromium")):
        raise SystemExit("install chromium and chromium-driver: the dashboards are looked at in a browser")
    charts = promises.charts_by_dashboard()
    command = [str(superset.python), str(HERE / "browser.py"), base, str(pictures), json.dumps(charts)]
    done = subprocess.run(command, input=password, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    yield from promises.kept_by_pages(json.loads(done.stdout), base, charts)
    yield f"pictures: {', '.join(str(file) for file in sorted(pictures.glob('*.png')))}"


if __name__ == "__main__":
    sys.exit(main())
