"""The documents keep what they promise: links, examples, queries, and nothing that belongs elsewhere."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from pydantic import BaseModel

from flows import settings
from flows.at_rest.settings import LandingSettings
from flows.limits import ChecksSettings, LimitsSettings
from flows.publishing.threshold import DEFAULT_THRESHOLD, DisclosureSettings
from flows.servers import PostgresqlTarget
from flows.settings import DialectSettings, Settings, Source
from flows.sources import ADDRESSES
from flows.watching.settings import WatchSettings
from tests.conftest import Loaded
from warehouse.home import Home
from warehouse.store import query
from warehouse.tables.membership import Membership

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
ROOMS = ("warehouse", "transforms", "expectations", "flows")
CODE = (*ROOMS, "bi", "tests", "docs", "bench", ".ci")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
FORBIDDEN = ("/" + "work/", "/" + "tmp/", "pypi" + ".org", "issue" + " #")
RULE_SAYERS = {"Stop", "Reason"}


def blocks(document: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(document.read_text(encoding="utf-8")) if found == language]


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> Iterator[tuple[Path, str]]:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield (document.parent / path if path else document), anchor


def named_rules() -> Iterator[str]:
    """Return the names of all rules that the code says when it stops, as far as they are written out."""
    for file in [file for package in ROOMS for file in (ROOT / package).rglob("*.py")]:
        if file.parent.name == "synthetic":
            continue
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RULE_SAYERS:
                first = call.args[0] if call.args else None
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def imported_packages() -> set[str]:
    """Return the names, as installed, of all packages that the code and its tests import and that are not its own."""
    found = set[str]()
    for file in [file for folder in (*ROOMS, "tests") for file in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    names = packages_distributions()
    return {
        names[one][0].lower().replace("_", "-")
        for one in found - {*ROOMS, "bench", "bi", "tests"}
        if one not in sys.stdlib_module_names
    }


def personal_values(masked_row: str) -> str:
    personal = [name for name, column in Membership.arriving().items() if column.personal or column.pseudonym]
    row = json.loads(masked_row)
    return "".join(str(row[name]) for name in personal if name in row)


def committed_texts() -> list[Path]:
    files = [file for folder in CODE for file in (ROOT / folder).rglob("*") if file.is_file()]
    files += [file for file in ROOT.iterdir() if file.is_file()]
    return [file for file in files if "__pycache__" not in file.parts and file.suffix not in (".parquet", ".pyc")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for target, anchor in links(document):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), f"{target}#{anchor}"


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop().resolve()
        if document not in reached and document.suffix == ".md":
            reached.add(document)
            waiting += [target for target, _ in links(document)]
    assert {document.resolve() for document in DOCUMENTS} <= reached


def test_the_example_settings_are_read_and_their_sources_differ_from_the_default() -> None:
    example = settings.load(ROOT / "cakupan.toml")
    assert example.sources["bps"].dialect.code_system == "bps"
    assert example.dialect.date_formats == ("%d-%m-%Y", "%Y-%m-%d")
    assert example.kind_of("peserta_cabang.csv") == "kepesertaan"


def test_the_example_settings_rename_headers_to_expected_columns() -> None:
    aliases = settings.load(ROOT / "cakupan.toml").sources["cabang"].dialect.aliases
    assert set(aliases.values()) <= set(Membership.arriving())


def test_every_toml_block_of_the_settings_document_is_read(tmp_path: Path) -> None:
    texts = blocks(DOCS / "settings.md", "toml")
    assert texts
    for text in [*texts, *blocks(DOCS / "publishing.md", "toml")]:
        file = tmp_path / "cakupan.toml"
        file.write_text(text, encoding="utf-8")
        assert settings.load(file).sources.keys() == tomllib.loads(text).get("sources", {}).keys()


@pytest.mark.parametrize(
    "part",
    [
        Settings,
        Source,
        DialectSettings,
        LandingSettings,
        ChecksSettings,
        LimitsSettings,
        WatchSettings,
        PostgresqlTarget,
        *ADDRESSES.values(),
    ],
)
def test_every_setting_is_documented(part: type[BaseModel]) -> None:
    told = (DOCS / "settings.md").read_text(encoding="utf-8")
    structure = {"checks", "dialect", "disclosure", "landing", "limits", "sources", "remote", "watch", "publish"}
    assert [key for key in part.model_fields if key not in structure and f"| `{key}` |" not in told] == []


def test_every_documented_default_is_the_default() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", (DOCS / "settings.md").read_text(encoding="utf-8"), re.M))
    fields = {**Settings.model_fields, **DialectSettings.model_fields}
    read = {key: field.get_default(call_default_factory=True) for key, field in fields.items()}
    written = {key: ast.literal_eval(value) for key, value in told.items()}
    landing = {key: written.pop(key) for key in LandingSettings.model_fields if key in written}
    assert LandingSettings.model_validate(landing) == LandingSettings()
    limits = {key: written.pop(key) for key in LimitsSettings.model_fields}
    assert LimitsSettings.model_validate(limits) == LimitsSettings()
    disclosure = {key: written.pop(key) for key in DisclosureSettings.model_fields}
    assert disclosure == {"threshold": int(DEFAULT_THRESHOLD), "width": DisclosureSettings().width}
    checks = {key: written.pop(key) for key in ChecksSettings.model_fields}
    assert ChecksSettings.model_validate(checks) == ChecksSettings()
    watch = {key: written.pop(key) for key in WatchSettings.model_fields}
    assert WatchSettings.model_validate(watch) == WatchSettings()
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in written.items()} == {
        key: value
        for key, value in read.items()
        if key not in ("checks", "dialect", "disclosure", "key", "landing", "limits", "sources", "watch", "publish")
    }


def test_every_rule_that_stops_has_a_cure_in_the_operating_document() -> None:
    told = (DOCS / "operating.md").read_text(encoding="utf-8")
    rules = set(named_rules())
    assert "column_missing" in rules
    assert sorted(rule for rule in rules if f"`{rule}`" not in told) == []


def test_every_package_that_the_code_imports_has_its_reason_in_the_decisions() -> None:
    told = (DOCS / "decisions" / "0009-dependencies.md").read_text(encoding="utf-8")
    packages = imported_packages()
    assert "polars" in packages
    assert sorted(name for name in packages if f"`{name}`" not in told) == []


@pytest.mark.parametrize("page", sorted((DOCS / "bi").glob("*.md")), ids=lambda page: page.name)
def test_every_query_of_the_bi_pages_has_an_answer(page: Path, loaded_home: Loaded) -> None:
    for sql in blocks(page, "sql"):
        assert query(Home(loaded_home[0]).current, sql).height > 0, sql


def test_the_way_to_rejected_rows_that_is_documented_finds_them(loaded_home: Loaded) -> None:
    command = next(text for text in blocks(DOCS / "operating.md", "sh") if "ops.rejection" in text)
    sql = command.split('"')[1]
    found = query(Home(loaded_home[0]).warehouse, sql)
    assert found.height > 0
    assert not [row for row in found["masked_row"] if set("0123456789") & set(personal_values(row))]


def test_no_committed_text_speaks_of_where_it_was_made() -> None:
    found = []
    for file in committed_texts():
        text = file.read_text(encoding="utf-8", errors="replace").lower()
        found += [f"{file.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_every_test_that_the_list_of_threats_names_is_there() -> None:
    named = re.findall(r"`(?:tests/)?(test_\w+\.py)(?:::(\w+))?`", (DOCS / "security.md").read_text(encoding="utf-8"))
    missing = [
        f"{file}::{start}"
        for file, start in named
        if not (ROOT / "tests" / file).exists()
        or (start and f"def {start}" not in (ROOT / "tests" / file).read_text(encoding="utf-8"))
    ]
    assert len(named) > 40
    assert not missing
