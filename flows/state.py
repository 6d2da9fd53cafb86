"""The state of a home: what is published, which months are loaded, how the last runs ended."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from warehouse.home import Home
from warehouse.published import withdrawals
from warehouse.store import query

MONTHS = """
SELECT month, count(DISTINCT as_of_date) AS versions, max(as_of_date) AS newest_as_of_date, max(loaded_at) AS loaded_at
FROM mart.fact_coverage WHERE superseded_at IS NULL GROUP BY month ORDER BY month
"""
RUNS = """
SELECT run_id, started_at, finished_at, state, rows_in, rows_accepted, rows_rejected
FROM ops.run ORDER BY started_at DESC LIMIT 10
"""
STOPPED = "SELECT uri, kind, reason, received_at FROM ops.source_file WHERE state = 'STOPPED' ORDER BY received_at DESC LIMIT 50"


def state_of(home: Home) -> dict[str, Any]:
    """Return the published version, those that were withdrawn, the months, the last ten runs and the stopped files, as plain values."""
    return {
        "home": str(home.root),
        "published": home.current.parent.resolve().name,
        "months": query(home.warehouse, MONTHS).to_dicts(),
        "runs": query(home.warehouse, RUNS).to_dicts(),
        "withdrawn": [asdict(one) for one in withdrawals(home.published)],
        "stopped_files": query(home.warehouse, STOPPED).to_dicts(),
    }
