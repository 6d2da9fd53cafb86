"""One check per driver: the same figures, their types, the comment, and that writing is refused."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

from tests.drivers.figures import COLUMNS, FIGURES, Row
from tests.endtoend import ROOT
from tests.publishing.target import SECRET
from tests.servers.loopback import HOST
from tests.servers.postgresql import Database

READER = "pusat"
JAR = Path("/usr/share/java/postgresql.jar")
PSQLODBC = ("/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so", "/usr/lib/aarch64-linux-gnu/odbc/psqlodbcw.so")
FIRST_COLUMN_IS_TEXT = "Text - txt - csv (StarCalc):44,34,76,1,1/2"
DENIED = "42501"


def psqlodbc() -> str:
    """Return the file of PostgreSQL's ODBC driver."""
    return next(path for path in PSQLODBC if Path(path).exists())


def odbc(server: Database, wanted: list[Row]) -> str:
    """Check psqlODBC through unixODBC, as Excel and Power BI read PostgreSQL by ODBC; it shows no comments of columns."""
    import pyodbc

    login = {
        "Driver": psqlodbc(),
        "Servername": HOST,
        "Port": server.port,
        "Database": "postgres",
        "SSLmode": "require",
    }
    words = ";".join(f"{key}={value}" for key, value in {**login, "UID": READER, "PWD": SECRET}.items())
    with pyodbc.connect(words) as connection:
        cursor = connection.cursor()
        found = [tuple(row) for row in cursor.execute(FIGURES).fetchall()]
        assert found == wanted
        assert [type(cell) for cell in found[0]] == [str, str, date, int, type(None), float]
        [column] = cursor.columns(schema="mart", table="coverage", column="coverage_ratio")
        assert (column.type_name, column.remarks or "") == ("float8", ""), column
        try:
            cursor.execute("DELETE FROM mart.coverage")
        except pyodbc.Error as refused:
            assert refused.args[0] == DENIED, refused
        else:
            raise AssertionError("a reader deleted rows")
        return f"{connection.getinfo(pyodbc.SQL_DRIVER_NAME)} {connection.getinfo(pyodbc.SQL_DRIVER_VER)}"


def jdbc(server: Database, wanted: list[Row], comment: str) -> str:
    """Check PostgreSQL's JDBC driver, as DBeaver, Metabase and Tableau read PostgreSQL."""
    address = f"jdbc:postgresql://{HOST}:{server.port}/postgres?sslmode=require"
    command = ["java", "-cp", str(JAR), str(ROOT / "tests" / "drivers" / "Read.java"), address, READER, FIGURES]
    said = _said(command, PGPASSWORD=SECRET)
    lines = [line.split("\t") for line in said.splitlines()]
    rows = [tuple(cells) for kind, *cells in lines if kind == "row"]
    assert rows == [tuple("null" if cell is None else str(cell) for cell in row) for row in wanted]
    [types] = [cells for kind, *cells in lines if kind == "type"]
    assert [name.rsplit(".", 1)[1] for name in types] == ["String", "String", "Date", "Long", "Long", "Double"]
    assert ["comment", comment] in lines
    assert ["refused", DENIED] in lines
    [driver] = [cells[0] for kind, *cells in lines if kind == "driver"]
    return f"{driver}, Java {_said(['java', '--version']).split()[1]}"


def spreadsheet(home: Path, wanted: list[Row], folder: Path) -> str:
    """Check `cakupan query --csv` in LibreOffice: codes are kept when their column is text, and lost when guessed."""
    answer = folder / "coverage.csv"
    answer.write_text(
        _said([sys.executable, "-m", "flows", "query", "--home", str(home), "--csv", FIGURES]), encoding="utf-8"
    )
    with answer.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert tuple(header) == COLUMNS
    assert [row[0] for row in rows] == [row[0] for row in wanted]
    assert [int(row[3]) for row in rows] == [row[3] for row in wanted]
    assert [float(row[5]) if row[5] else None for row in rows] == [row[5] for row in wanted]
    told, guessed = _kinds(answer, folder, FIRST_COLUMN_IS_TEXT), _kinds(answer, folder)
    assert (told["A"], told["D"]) == ({"text"}, {"number"}), told
    assert (guessed["A"], guessed["D"]) == ({"number"}, {"number"}), guessed
    return _said(["soffice", "--version"]).split("\n")[0].strip()


def _kinds(file: Path, folder: Path, filter_: str = "") -> dict[str, set[str]]:
    """Return as what a spreadsheet program took the cells below the heading of each column: text or number."""
    words = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    _said([*words, *([f"--infilter={filter_}"] if filter_ else []), "--outdir", str(folder), str(file)])
    with zipfile.ZipFile(file.with_suffix(".xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    kinds: dict[str, set[str]] = {}
    for column, line, kind in re.findall(r'<c r="([A-Z]+)(\d+)"[^>]* t="(\w+)"', sheet):
        if line != "1":
            kinds.setdefault(column, set()).add("number" if kind == "n" else "text")
    return kinds


def _said(command: list[str], **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment})
    if done.returncode:
        raise AssertionError(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout
