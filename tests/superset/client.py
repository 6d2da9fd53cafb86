"""Superset's REST API, as a program uses it: log in, import and export the assets, ask charts for their data."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import yaml

Files = dict[str, Any]


class Client:
    """A session of the administrator."""

    def __init__(self, base: str, password: str) -> None:
        self._http = httpx.Client(base_url=base, timeout=180)
        told = {"username": "admin", "password": password, "provider": "db", "refresh": False}
        token = self._http.post("/api/v1/security/login", json=told).raise_for_status().json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        csrf = self._http.get("/api/v1/security/csrf_token/").raise_for_status().json()["result"]
        self._http.headers.update({"X-CSRFToken": csrf, "Referer": base})

    def export(self) -> Files:
        """Return every exported file by its path, read; the moment of the export is left out."""
        content = self._http.get("/api/v1/assets/export/").raise_for_status().content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name.partition("/")[2]: yaml.safe_load(archive.read(name)) for name in archive.namelist()}
        return {name: text for name, text in files.items() if name != "metadata.yaml"}

    def import_bundle(self, folder: Path) -> None:
        """Import the bundle, zipped as a person would upload it."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file in sorted(folder.rglob("*.yaml")):
                archive.write(file, f"cakupan/{file.relative_to(folder)}")
        self._http.post(
            "/api/v1/assets/import/", files={"bundle": ("cakupan.zip", packed.getvalue())}
        ).raise_for_status()

    def charts(self) -> dict[str, tuple[int, dict[str, Any]]]:
        """Return the id and the stored query of every chart, by its UUID."""
        listed = (
            self._http.get("/api/v1/chart/", params={"q": "(page_size:100,columns:!(id,uuid))"})
            .raise_for_status()
            .json()
        )
        found = {each["uuid"]: each["id"] for each in listed["result"]}
        return {uuid: (number, self._query(number)) for uuid, number in found.items()}

    def datasets(self) -> dict[int, set[str]]:
        """Return the names of the columns of every dataset by its id."""
        listed = (
            self._http.get("/api/v1/dataset/", params={"q": "(page_size:100,columns:!(id))"}).raise_for_status().json()
        )
        found = [self._http.get(f"/api/v1/dataset/{each['id']}").raise_for_status().json() for each in listed["result"]]
        return {each["id"]: {column["column_name"] for column in each["result"]["columns"]} for each in found}

    def stored_data(self, chart: int) -> list[dict[str, Any]]:
        """Return the rows of a chart by its own stored query."""
        return rows_of(self._http.get(f"/api/v1/chart/{chart}/data/"))

    def data(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        return rows_of(self._http.post("/api/v1/chart/data", json=query))

    def sql(self, database: int, sql: str) -> tuple[int, str]:
        """Return the status and the answer of a statement in SQL Lab."""
        told = {"database_id": database, "sql": sql, "runAsync": False}
        answer = self._http.post("/api/v1/sqllab/execute/", json=told)
        return answer.status_code, answer.text

    def database(self) -> int:
        """Return the id of the only database."""
        return int(self._http.get("/api/v1/database/").raise_for_status().json()["result"][0]["id"])

    def _query(self, chart: int) -> dict[str, Any]:
        found = self._http.get(f"/api/v1/chart/{chart}").raise_for_status().json()["result"]["query_context"]
        return dict(json.loads(found))


def rows_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows of an answer. Raises AssertionError with what Superset says when there are none."""
    assert answer.status_code == 200, answer.text[:2000]
    result = answer.json()["result"][0]
    assert result["error"] is None, result["error"]
    return list(result["data"])
