"""One DCAT 3 file as JSON-LD: the catalogue, a dataset per fact, and its files; nothing is fetched to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warehouse import ddl
from warehouse.dictionary import table_schema
from warehouse.metadata.terms import Terms
from warehouse.schema import Fact, Table, tables_of

NAMESPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TYPED = {"csvw:column": {"@container": "@list"}, "csvw:primaryKey": {"@container": "@set"}}
MEDIA = "https://www.iana.org/assignments/media-types/application/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
INDONESIA = {"@id": f"{AUTHORITY}country/IDN", "@type": "dct:Location", "skos:prefLabel": "Indonesia"}
DATABASE = "cakupan.duckdb"
DATATYPES = {"datetime": "dateTime"}
Node = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """What a published version covers: its name, its regions by code, and the first and last day of each fact.

    `files` holds bytes and SHA-256 by path, as far as they are known. All is empty where nothing is published yet.
    """

    version: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def catalogue(terms: Terms, extent: Extent) -> Node:
    """Return the catalogue as JSON-LD, which every RDF tool reads; its context is in it."""
    facts = [table for table in tables_of("mart") if issubclass(table, Fact)]
    base: Node = {"@base": terms.base} if terms.base else {}
    return {
        "@context": {**base, **NAMESPACES, **TYPED},
        "@id": "#cakupan",
        "@type": "dcat:Catalog",
        "dct:title": [_text("Cakupan jaminan sosial ketenagakerjaan", "id"), _text("Coverage of employment social security", "en")],
        "dct:description": [
            _text("Angka cakupan, iuran, kepatuhan, manfaat, dan sasaran per wilayah dan bulan, dengan asal setiap angka.", "id"),
            _text("Coverage, contributions, compliance, benefits and targets per region and month, each figure with its origin.", "en"),
        ],
        **_common(terms, extent),
        "dcat:themeTaxonomy": {"@id": f"{AUTHORITY}data-theme"},
        "dcat:dataset": [_dataset(table, terms, extent) for table in facts],
    }  # fmt: skip


def _dataset(table: type[Table], terms: Terms, extent: Extent) -> Node:
    labels = sorted({column.label_id for column in table.columns.values() if column.label_id and not column.key})
    node: Node = {
        "@id": f"#{table.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": table.qualified(),
        "dct:title": _text(table.title if issubclass(table, Fact) and table.title else _named(table), "en"),
        "dct:description": _text(ddl.table_comment(table), "en"),
        "dcat:keyword": [_text(label, "id") for label in labels],
        "dcat:theme": {"@id": f"{AUTHORITY}data-theme/SOCI"},
        **_common(terms, extent),
        "dcat:distribution": [_parquet(table, terms, extent), _database(table, terms, extent)],
    }
    if "month" in table.columns:
        node["dct:accrualPeriodicity"] = {"@id": f"{AUTHORITY}frequency/MONTHLY"}
    if table.qualified() in extent.days:
        first, last = (_typed(day.isoformat(), "date") for day in extent.days[table.qualified()])
        node["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": first, "dcat:endDate": last}
    return node


def _common(terms: Terms, extent: Extent) -> Node:
    access = "PUBLIC" if terms.public else "RESTRICTED"
    regions = [
        {"@type": "dct:Location", "dct:identifier": code, "skos:prefLabel": name} for code, name in extent.regions.items()
    ]  # fmt: skip
    return {
        "dct:publisher": {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": terms.publisher},
        "dct:language": [{"@id": f"{AUTHORITY}language/IND"}, {"@id": f"{AUTHORITY}language/ENG"}],
        "dct:accessRights": {"@id": f"{AUTHORITY}access-right/{access}"},
        "dct:spatial": [INDONESIA, *regions],
        **({"dct:license": {"@id": terms.licence}} if terms.licence else {}),
        **({"dcat:version": extent.version} if extent.version else {}),
    }


def _parquet(table: type[Table], terms: Terms, extent: Extent) -> Node:
    schema = _schema(table)
    return _file(f"{table.name}-parquet", f"parquet/{table.name}.parquet", "vnd.apache.parquet", "Parquet", schema, terms, extent)  # fmt: skip


def _database(table: type[Table], terms: Terms, extent: Extent) -> Node:
    told = f"DuckDB, table {table.qualified()}"
    return _file(f"{table.name}-duckdb", DATABASE, "octet-stream", told, {}, terms, extent)


def _file(id: str, path: str, media: str, title: str, more: Node, terms: Terms, extent: Extent) -> Node:
    node: Node = {
        "@id": f"#{id}",
        "@type": "dcat:Distribution",
        "dct:title": _text(title, "en"),
        "dcat:accessURL": {"@id": path},
        "dcat:downloadURL": {"@id": path},
        "dcat:mediaType": {"@id": f"{MEDIA}{media}"},
        **({"dct:license": {"@id": terms.licence}} if terms.licence else {}),
        **more,
    }
    if path in extent.files:
        size, digest = extent.files[path]
        node["dcat:byteSize"] = _typed(str(size), "nonNegativeInteger")
        node["spdx:checksum"] = {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(digest, "hexBinary"),
        }
    return node


def _schema(table: type[Table]) -> Node:
    """Return the table schema in the words of CSV on the Web, from the one that the Data Package has."""
    schema = table_schema(table)
    columns = [
        {
            "@type": "csvw:Column",
            "csvw:name": one["name"],
            **({"csvw:title": _text(one["title"], "id")} if "title" in one else {}),
            "csvw:datatype": DATATYPES.get(one["type"], one["type"]),
            "csvw:required": one.get("constraints", {}).get("required", False),
            "dct:description": _text(one["description"], "en"),
        }
        for one in schema["fields"]
    ]
    return {
        "csvw:tableSchema": {"@type": "csvw:Schema", "csvw:column": columns, "csvw:primaryKey": schema["primaryKey"]}
    }


def _named(table: type[Table]) -> str:
    return table.name.removeprefix("fact_").replace("_", " ").capitalize()


def _text(text: str, language: str) -> Node:
    return {"@value": text, "@language": language}


def _typed(text: str, datatype: str) -> Node:
    return {"@value": text, "@type": f"xsd:{datatype}"}
