"""The records of the warehouse itself: runs, files, checks and rejections."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Table

ID = Column(v.TEXT, "", "id", key=True)
WHEN = Column(v.INSTANT, "", "timestamp (UTC)")
ROWS = Column(v.WHOLE, "", "rows", minimum=0)
WORD = Column(v.TEXT, "", "text")


class Run(Table, layer="ops", name="run", grain="one row per run", comes_from="the load"):
    """What ran, with which code and settings, and how it ended; the next run enters one that failed or was killed."""

    run_id = ID.but(description="Id of the run.")
    started_at = WHEN.but(description="Start.")
    finished_at = WHEN.but(description="End; of a run that was killed, when the next one noticed it.")
    state = WORD.but(
        description="Outcome: STOPPED left out a source, a file or a month; FAILED ended with an error; CRASHED was killed.",
        values=("LOADED", "LOADED_WITH_REJECTIONS", "STOPPED", "FAILED", "CRASHED"),
    )
    code_version = WORD.but(description="Version and fingerprint of the code and seeds.")
    settings = WORD.but(description="Settings as JSON, without secrets.")
    rows_in = ROWS.but(description="Rows read from the files of this run.")
    rows_accepted = ROWS.but(description="Rows accepted.")
    rows_rejected = ROWS.but(description="Rows rejected: in = accepted + rejected.")


class RunStage(Table, layer="ops", name="run_stage", grain="one row per run and step", comes_from="the load"):
    """What every step of a run cost. The last steps of a run are entered by the next one; `cakupan status --costs` shows all."""

    run_id = ID.but(description="The run.")
    position = Column(v.WHOLE, "Place among the steps of the run, from 1.", "place", key=True, minimum=1)
    stage = WORD.but(
        description="The step: register, validate, transform, audit, compare, load, records, journal, prune, publish, report."
    )
    subject = WORD.but(description="The file or the month that it was about; empty for the run as a whole.")
    state = WORD.but(description="How it ended.", values=("DONE", "FAILED"))
    started_at = WHEN.but(description="Start.")
    wall_seconds = Column(pl.Float64(), "Time that passed.", "seconds")
    cpu_seconds = Column(pl.Float64(), "CPU time of the process and of its children that ended.", "seconds")
    peak_bytes = Column(v.WHOLE, "Most memory that the process held during the step.", "bytes", minimum=0)
    rows = ROWS.but(description="Rows that the step handled, where it says.", nullable=True)
    bytes = Column(v.WHOLE, "Bytes that the step handled, where it says.", "bytes", nullable=True, minimum=0)


class SourceFile(Table, layer="ops", name="source_file", grain="one row per file content", comes_from="the load"):
    """Every delivered file, known by the SHA-256 of its content."""

    sha256 = ID.but(description="SHA-256 of the content.")
    uri = WORD.but(description="Where it came from.")
    kind = WORD.but(description="Kind of extract.")
    bytes = Column(v.WHOLE, "Size.", "bytes")
    rows = ROWS.but(description="Rows in the file.", nullable=True)
    rows_accepted = ROWS.but(description="Rows accepted.", nullable=True)
    rows_rejected = ROWS.but(description="Rows rejected.", nullable=True)
    received_at = WHEN.but(description="When it was received.")
    run_id = WORD.but(description="The run that received it.", unit="id")
    gate_id = WORD.but(description="The gating its counts come from.", unit="id")
    state = WORD.but(description="What became of it.", values=("ACCEPTED", "STOPPED"))
    reason = WORD.but(description="Why it was stopped.", nullable=True)


class Rejection(Table, layer="ops", name="rejection", grain="one row per rejected row", comes_from="the load"):
    """Rejected rows with the rules they broke; personal data is masked."""

    run_id = WORD.but(description="The run that read the file.", unit="id")
    sha256 = ID.but(description="The file.")
    line_no = Column(
        v.WHOLE,
        "Line in the file: the header is line 1 of a CSV; rows of a Parquet file count from 1. In a table with several"
        " figures on a line it is 10,000 x line + place of the column: 120003 is cell C12.",
        "line",
        key=True,
    )
    kind = WORD.but(description="Kind of extract.")
    rules_ = WORD.but(description="Names of the broken rules, separated by commas.")
    masked_row = WORD.but(description="The row as JSON, personal data masked.")


class ColumnDrift(Table, layer="ops", name="drift", grain="one row per file and changed column", comes_from="the load"):
    """What came, went, moved or is written differently in a file against the last accepted delivery of its source."""

    run_id = WORD.but(description="The run that received the file.", unit="id")
    sha256 = ID.but(description="The file.")
    position = Column(v.WHOLE, "Place among the changes of the file.", "place", key=True, minimum=1)
    kind = WORD.but(description="Kind of extract.")
    source = WORD.but(description="The source in the settings; empty where none covers the file.", nullable=True)
    change = WORD.but(
        description="CAME new, WENT gone, MOVED to another place, CHANGED in the way its values are written.",
        values=("CAME", "WENT", "MOVED", "CHANGED"),
    )
    header = WORD.but(description="Header of the column.")
    column_name = WORD.but(description="The column it stands for, where it is one.", nullable=True)
    before = WORD.but(description="Place or ways of writing before.", nullable=True)
    now = WORD.but(description="Place or way of writing now.", nullable=True)
    line_no = Column(v.WHOLE, "First line that shows it.", "line", nullable=True)
    proposal = WORD.but(description="Line of the settings that would meet the change.", nullable=True)


class CheckResult(
    Table,
    layer="ops",
    name="check_result",
    grain="one row per run, suite, expectation and subject",
    comes_from="the load",
):
    """What every expectation found."""

    run_id = WORD.but(description="The run.", unit="id")
    suite = WORD.but(description="The suite: a kind of extract or a fact.")
    expectation = WORD.but(description="Name of the expectation or rule.")
    subject = WORD.but(description="What was checked: a file, a month.")
    observed = WORD.but(description="What was found.")
    expected = WORD.but(description="What was expected.")
    severity = WORD.but(description="critical stops, warning rejects, info counts.")
    success = Column(pl.Boolean(), "Met.", "flag")


class MonthLoad(Table, layer="ops", name="month_load", grain="one row per loaded month", comes_from="the load"):
    """From what each month was computed; written in the same transaction as its facts."""

    month = v.MONTH
    fingerprint = WORD.but(description="Fingerprint of the files, the code and the seeds behind the facts.")
    loaded_at = WHEN.but(description="When it was loaded.")
    run_id = WORD.but(description="The run that loaded it.", unit="id")


class Definition(Table, layer="ops", name="definition", grain="one row", comes_from="the load"):
    """The mark of the declarations that tables, views and comments were last made by."""

    digest = ID.but(description="SHA-256 of the statements and of what mart.dictionary and mart.metric hold.")
