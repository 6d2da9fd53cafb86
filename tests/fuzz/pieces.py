"""Small parsers of our own as targets: control files, indices of web servers, checksums, journals, sheets, and the proof of a text."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import zipfile
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from expectations import reconcile
from flows.receive.companions import stated_sha256
from flows.receive.remote import Found
from flows.receive.web_index import names_below, require_below
from tests.fuzz.drawing import cells, packed
from tests.fuzz.people import Lost, require_discreet
from tests.fuzz.taking import landed, refused
from warehouse import lines
from warehouse.errors import Stop
from warehouse.reading.limits import Limits
from warehouse.reading.regular import proved
from warehouse.reading.sheet_xml import marks_of
from warehouse.reading.strict import records
from warehouse.tables.membership import Membership

BASE = "https://contoh.example/berkas/"
CONTROLS = (b'{"rows": 3, "sums": {"upah": 9}, "sha256": "ab"}', b"[" * 200_000, b'{"sums": []}')
INDICES = (
    b'["a.csv", {"name": "b.csv"}, {"url": "sub/", "type": "directory"}]',
    b'<html><a href="a.csv">a</a> <a href="sub/">s</a> <a href="?C=N">N</a></html>',
)
CHECKSUMS = (b"a" * 64 + b"  iuran.csv\n", b"\\" + b"B" * 64 + b" *iuran.csv\n", b"0" * 64)
SHEETS = (
    b'<worksheet><sheetData><row r="1" hidden="1"><c r="A1" s="1"><f>1+1</f><v>0.5</v></c><c r="B1"><v>1503011203850001</v></c></row>'
    b'</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>',
)


def _journal() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        lines.rewrite(path, [{"name": "a", "rows": place} for place in range(3)])
        return path.read_bytes()


JOURNALS = (_journal(),)


def control(content: bytes) -> None:
    """Hold a control file to two rows."""
    rows = pl.LazyFrame({column.name: [1, 2] for column in Membership.arriving().values()})
    with landed(content) as path, refused():
        found = reconcile.mismatches(reconcile.compared(reconcile.control_of(path), "ab", 2, rows, Membership))
        require_discreet([text for reason in found for text in (reason.en, reason.id)])
        if any(len(text) > 1_000 for reason in found for text in (reason.en, reason.id)):
            raise Lost("a message without end")


def indices() -> st.SearchStrategy[bytes]:
    """Return indices in JSON."""
    entry = st.one_of(
        cells,
        st.dictionaries(
            st.sampled_from(("name", "url", "type", "x")), st.one_of(cells, st.integers(), st.none()), max_size=3
        ),
    )
    return st.one_of(st.lists(entry, max_size=4), entry).map(packed)


def index(content: bytes) -> None:
    """Read an index in both forms, every page of it the same."""
    for form in ("json", "html"):
        with contextlib.suppress(Stop):
            for name in names_below(BASE, BASE, form, lambda _url, _most: (content, "utf-8")):
                if require_below(BASE, BASE + name.replace("%", "%25")).startswith(("/", "..")):
                    raise Lost("a name that leads elsewhere")


class _Remote:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, _: Found, offset: int) -> list[bytes]:
        return [self.content[offset:]]


def checksum(content: bytes) -> None:
    """Read the SHA-256 that a companion states: 64 small hexadecimal digits, or a refusal."""
    with contextlib.suppress(Stop):
        found = stated_sha256(_Remote(content), Found("iuran.csv.sha256", len(content), ""))  # type: ignore[arg-type]
        if len(found) != 64 or int(found, 16) < 0 or found != found.lower():
            raise Lost("no SHA-256")


def journal(content: bytes) -> None:
    """Read a journal: what it gives was written so, the rest is damage."""
    with landed(content) as path, contextlib.suppress(Stop):
        found = lines.read(path)
        wrong = [
            one
            for one in found
            if json.loads(json.dumps(one)) not in [{"name": "a", "rows": place} for place in range(3)]
        ]
        if wrong:
            raise Lost("an entry that nobody wrote")


def sheet(content: bytes) -> None:
    """Look for the marks of a sheet."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("s.xml", content)
    with zipfile.ZipFile(target) as archive, contextlib.suppress(Stop):
        marks_of(archive, "s.xml", {1})


def proof(content: bytes) -> None:
    """Prove a text regular: then whoever reads it record by record finds as many fields in each."""
    limits = Limits(line_bytes=5_000)
    try:
        head, rest = content.decode("utf-8").split("\n", 1)
    except ValueError:
        return
    width = head.count(",") + 1
    with landed(rest.encode()) as path, contextlib.suppress(Stop):
        if b"\0" in path.read_bytes() or proved(path, 0, ",", width, limits) is None:
            return
        widths = {len(record) for _, record in records(path, ",", limits)}
        if widths - {width}:
            raise Lost(f"proved as {width} fields, read as {sorted(widths)}")
