"""The flow that writes the pages for offices."""

from __future__ import annotations

from pathlib import Path

from flows.quiet import be_quiet

be_quiet()

from prefect import flow  # noqa: E402

from flows.operations.parameters import Place  # noqa: E402
from flows.operations.tasks import without_texts  # noqa: E402
from flows.site_pages import write_site  # noqa: E402
from warehouse.home import Home  # noqa: E402


@flow(name="site", persist_result=False, log_prints=False)
def site(show: Place) -> str:
    """Write the static pages of the newest published copy; returns where they are."""
    with without_texts():
        return str(write_site(Home(Path(show.home).resolve())))
