"""The commands of the night shift."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from flows import cli_arguments as arguments
from flows.cli_arguments import say
from flows.operations.pool import USUAL_PORT
from warehouse.files import folder


def register(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to the parser."""
    setup = add("prefect-setup", help="pool, limit, deployments, automations on a Prefect server / siapkan Prefect")
    setup.set_defaults(action=prefect_setup)
    _places(setup)
    arguments.as_json(setup)
    serve = add("serve", help="Prefect's server, worker and deployments on this machine / jalankan Prefect di sini")
    serve.set_defaults(action=serve_home)
    _places(serve)
    serve.add_argument("--port", type=int, default=USUAL_PORT, metavar="N")
    site = add("site", help="write the pages for offices / tulis halaman untuk kantor")
    site.set_defaults(action=write_pages)
    arguments.home(site)
    arguments.as_json(site)


def prefect_setup(given: argparse.Namespace) -> int:
    """Make what our flows need on the server in PREFECT_API_URL, mark runs that lost their process, and print what changed."""
    from flows.quiet import be_quiet

    be_quiet()
    from flows.operations.crashed import mark_crashed
    from flows.operations.deploying import Places
    from flows.operations.setup import FILE, set_up
    from flows.secret import Secret

    source, config = (str(Path(one).resolve()) if one else None for one in (given.source, given.config))
    places = Places(str(given.home.resolve()), source, config)
    kept = Secret(file=given.alert_file) if given.alert_file else None
    changed = set_up(places, Path(given.file) if given.file else FILE, kept)
    crashed = mark_crashed()
    told = [f"+ {one}" for one in changed] or ["tidak ada yang berubah / nothing changed"]
    told += [f"! {one}: Crashed" for one in crashed]
    print(json.dumps({"changed": changed, "crashed": crashed}) if given.json else "\n".join(told))
    return 0


def serve_home(given: argparse.Namespace) -> int:
    """Serve a home until SIGINT or SIGTERM."""
    from flows.operations.serving import Serving

    home = given.home.resolve()
    folder(home / "prefect")
    asked = {"--home": home, "--source": given.source, "--config": given.config, "--file": given.file}
    asked |= {"--alert-file": given.alert_file}
    words = [word for name, value in asked.items() if value for word in (name, str(value))]
    Serving(home, given.port, [sys.executable, "-m", "flows", "prefect-setup", *words], say).run()
    return 0


def write_pages(given: argparse.Namespace) -> int:
    """Write the static pages and print where they are."""
    from flows.commands import published_home
    from flows.site_pages import write_site

    place = write_site(published_home(given))
    print(json.dumps({"site": str(place)}) if given.json else place)
    return 0


def _places(sub: argparse.ArgumentParser) -> None:
    arguments.home(sub, writes=True)
    sub.add_argument("--source", metavar="DIR", help="folder of extracts; without it the sources with a url")
    arguments.config(sub)
    sub.add_argument(
        "--alert-file", metavar="FILE", help="file, ours alone, that holds the apprise URL failures are told to"
    )
    sub.add_argument("--file", metavar="FILE", help="another prefect.yaml")
