"""`python -m bi.superset.bundle`: write the committed bundle again from the declarations.

The bundle is Superset's export layout as text. Superset never writes into it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from bi.superset import charts, dashboards, datasets
from bi.superset.content import DASHBOARDS
from bi.superset.datasets import DATASETS
from bi.superset.identity import VERSION, uuid_of
from warehouse.asking import NO_EXTENSIONS

FOLDER = Path(__file__).parent / "bundle"
DATABASE = "Cakupan"
URI = "duckdb:////srv/cakupan/home/published/current/cakupan.duckdb"
LOCKED = {**NO_EXTENSIONS, "enable_external_access": "false", "lock_configuration": "true"}
METADATA = {"version": VERSION, "type": "assets", "timestamp": "2025-01-01T00:00:00+00:00"}


def texts() -> dict[str, str]:
    """Return every file of the bundle by its path."""
    database = uuid_of("database", DATABASE)
    files: dict[str, dict[str, Any]] = {"metadata.yaml": METADATA, f"databases/{DATABASE}.yaml": _database(database)}
    for dataset in DATASETS:
        path = f"datasets/{DATABASE}/{dataset.name}.yaml"
        files[path] = datasets.as_yaml(dataset, database)
    for dashboard in DASHBOARDS:
        files |= {f"charts/{chart.name}.yaml": charts.as_yaml(chart) for chart in dashboard.charts()}
        files[f"dashboards/{dashboard.name}.yaml"] = dashboards.as_yaml(dashboard)
    return {path: _text(content) for path, content in files.items()}


def write(folder: Path) -> None:
    """Write the bundle into `folder`, and remove what is no longer part of it."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in texts().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _database(uuid: str) -> dict[str, Any]:
    """Return the connection: read-only, and closed to other files, the network and extensions."""
    engine = {"connect_args": {"read_only": True, "config": LOCKED}}
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": URI,
        "cache_timeout": -1,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"engine_params": engine, "allows_virtual_table_explore": True, "metadata_params": {}},
        "uuid": uuid,
        "version": VERSION,
    }


def _text(content: dict[str, Any]) -> str:
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))


if __name__ == "__main__":
    write(FOLDER)
    print(f"{sum(1 for file in FOLDER.rglob('*.yaml'))} files in {FOLDER}", file=sys.stderr)
