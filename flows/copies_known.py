"""Rows of a version that stand in several files, as a month that was computed of the same files noted them."""

from __future__ import annotations

from collections.abc import Sequence

from flows.context import Load, code_version
from flows.planning import Judged, named
from warehouse.calendar import Version
from warehouse.schema import Extract
from warehouse.seals import get_json


def copies_known(
    load: Load, files: Sequence[Judged], table: type[Extract], version: Version
) -> dict[int, list[int]] | None:
    """Return, by the place of a file, the lines whose key an earlier file or line holds, as a list of the facts of the month tells it.

    None where the month was not computed of the same files in the same order. Of a content that stands twice, or that feeds several
    versions, a list tells too little.
    """
    gates = [one.verdict.gate_id for one in files]
    if len(set(gates)) < len(gates) or any(len(one.verdict.versions) > 1 for one in files):
        return None
    for listing in sorted((load.home.lake / "facts" / f"{version.month:%Y-%m}").glob("[!.]*.json")):
        content = get_json(listing)
        told = (
            content["versions"].get(version.as_of_date.isoformat()) if content["made_of"][1] == code_version() else None
        )
        if told and told["read"].get(named(table, version)) == gates:
            left_out = {place: content["repeated"].get(gate) for place, gate in enumerate(gates)}
            return {place: lines for place, lines in left_out.items() if lines}
    return None
