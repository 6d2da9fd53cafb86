"""The events of a run as OpenLineage writes them: contents by their SHA-256, marts with their columns and counts.

Neither names of files nor values of rows are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flows.context import code_version
from flows.lineage import SEED
from flows.written import Content, Written
from warehouse.schema import Table

PRODUCER = "urn:cakupan"
SPEC = "https://openlineage.io/spec"
EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
NAMESPACE, JOB = "cakupan", "load"
RUNS = UUID("5f6b6f0c-6a41-5d62-9d1f-3c3f0b8a2f10")
START, COMPLETE, FAIL = "START", "COMPLETE", "FAIL"
MESSAGE = 500


def event(
    kind: str,
    run_id: str,
    at: datetime,
    marts: Sequence[Written] = (),
    reasons: Mapping[str, Sequence[str]] | None = None,
    failure: str = "",
) -> dict[str, Any]:
    """Return an event of a run; `at` is in UTC without zone. The same run has the same id in every event."""
    facets: dict[str, Any] = {
        "processing_engine": _facet("ProcessingEngineRunFacet", "1-1-1", name="cakupan", version=code_version())
    }
    if failure:
        facets["errorMessage"] = _facet(
            "ErrorMessageRunFacet", "1-0-1", message=failure[:MESSAGE], programmingLanguage="PYTHON"
        )
    contents = {one.sha256: one for mart in marts for one in mart.contents}
    return {
        "eventType": kind,
        "eventTime": f"{at.isoformat(timespec='milliseconds')}Z",
        "run": {"runId": str(uuid5(RUNS, run_id)), "facets": facets},
        "job": {"namespace": NAMESPACE, "name": JOB, "facets": {"jobType": _job_type()}},
        "inputs": [_input(one, (reasons or {}).get(sha256, ())) for sha256, one in sorted(contents.items())],
        "outputs": [_output(one) for one in marts],
        "producer": PRODUCER,
        "schemaURL": EVENT,
    }


def _input(one: Content, broken: Sequence[str]) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if one.rows is not None:
        counts: dict[str, Any] = {"rowCount": one.rows, "bytes": one.bytes, "columnMetrics": {}}
        facets["dataQualityMetrics"] = _facet("DataQualityMetricsInputDatasetFacet", "1-0-3", **counts)
        told = [{"assertion": rule, "success": False} for rule in broken]
        facets["dataQualityAssertions"] = _facet("DataQualityAssertionsDatasetFacet", "1-1-0", assertions=told)
    kind = _facet("DatasetTypeDatasetFacet", "1-0-1", datasetType="FILE", subType=one.kind)
    place = "rules" if one.kind == SEED else "landing"
    dataset = {"namespace": f"{NAMESPACE}/{place}", "name": f"sha256:{one.sha256}", "facets": {"datasetType": kind}}
    return dataset | {"inputFacets": facets}


def _output(one: Written) -> dict[str, Any]:
    told = {
        "schema": _facet("SchemaDatasetFacet", "1-2-0", fields=_fields(one.fact)),
        "documentation": _facet("DocumentationDatasetFacet", "1-1-0", description=one.fact.description()),
    }
    written = _facet("OutputStatisticsOutputDatasetFacet", "1-0-2", rowCount=one.rows)
    dataset = {"namespace": NAMESPACE, "name": one.fact.qualified(), "facets": told}
    return dataset | {"outputFacets": {"outputStatistics": written}}


def _fields(fact: type[Table]) -> list[dict[str, str]]:
    return [
        {"name": name, "type": str(column.dtype), "description": column.description}
        for name, column in fact.columns.items()
    ]


def _job_type() -> dict[str, Any]:
    return _facet("JobTypeJobFacet", "2-0-4", processingType="BATCH", integration="CAKUPAN", jobType="LOAD")


def _facet(kind: str, version: str, /, **told: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{SPEC}/facets/{version}/{kind}.json#/$defs/{kind}", **told}
