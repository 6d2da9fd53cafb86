"""What the project promises, the tests that every run of the suite makes of it, and the long checks that count it out."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

LOST, SEEN = "Nothing is lost", "Nobody is seen"


@dataclass(frozen=True)
class Long:
    """A long check: `name`, the words after `python`, its target in the Makefile, and what it sets in the environment."""

    name: str
    command: str
    target: str
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> str:
        """Return the module that it runs."""
        return self.command.split()[1]

    @property
    def is_here(self) -> bool:
        """Return whether that module exists."""
        return find_spec(self.module) is not None


@dataclass(frozen=True)
class Promise:
    """A promise, the figure that is to be reached, the quick tests of it and the names of its long checks."""

    part: str
    what: str
    reach: str
    tests: tuple[str, ...]
    long: tuple[str, ...]
    gap: str = ""


CHECKS = (
    Long("bits", "-m tests.bit_flips --flips 1000", "verify-bits"),
    Long("bombs", "-m tests.bombs", "verify-bombs"),
    Long("breach", "-m tests.breach_timed", "verify-breach"),
    Long("naughty", "-m pytest tests/test_naughty.py", "verify-bombs", (("CAKUPAN_NAUGHTY", "all"),)),
    Long("corpora", "-m tests.corpora", "verify-corpora"),
    Long("ceiling", "-m tests.ceiling_kept", "verify-ceiling"),
    Long("disclosure", "-m tests.disclosure 500", "verify-disclosure"),
    Long("rebuild", "-m tests.rebuilt_elsewhere", "verify-rebuild"),
    Long(
        "second",
        "-m pytest -q -n 2 tests/test_second_opinion.py tests/test_second_past.py tests/test_settled_past.py",
        "verify-second",
        (("CAKUPAN_EXAMPLES", "5000"),),
    ),
    Long("readers", "-m tests.readers", "verify-readers"),
    Long("privacy", "-m tests.scan_failing", "verify-privacy"),
    Long("silent", "-m tests.silent", "verify-silent"),
    Long("backfill", "-m tests.backfill_killed", "verify-backfill"),
    Long(
        "prefect", "-m pytest -q tests/operations/verify_shifts.py tests/operations/verify_prefect.py", "verify-prefect"
    ),
    Long(
        "properties",
        "-m pytest -q tests/test_load_properties.py tests/test_interrupted.py",
        "verify-properties",
        (("CAKUPAN_EXAMPLES", "300"), ("CAKUPAN_KILLS", "200")),
    ),
    Long("fuzz", "-m tests.fuzz --minutes 60", "fuzz"),
    Long("mutation", "-m tests.mutation", "mutation"),
    Long("power", "-m tests.faults power --count 5000", "verify-faults"),
    Long("kills", "-m tests.faults kills --count 1000", "verify-faults"),
    Long("errors", "-m tests.faults errors", "verify-faults"),
    Long("keys", "-m tests.keys_killed 1000", "verify-keys"),
)
"""In the order in which they run: those that take minutes first, those that take hours last."""

PROMISES = (
    Promise(
        LOST,
        "A load that is killed, at any moment or at any call to the disk, is completed by the next one: nothing "
        "is lost, doubled or half-written, and nobody has to mend anything",
        "0 of 1,000 kills",
        ("test_interrupted.py", "test_faults.py::test_a_command_killed"),
        ("kills", "properties", "backfill", "prefect"),
    ),
    Promise(
        LOST,
        "After a power cut the last acknowledged version opens and is what the ledger says",
        "0 of 5,000 states",
        ("test_faults.py::test_what_was_promised",),
        ("power",),
    ),
    Promise(
        LOST,
        "A full, failing, closed or read-only disk, met while writing, syncing, renaming or reading, is named "
        "with its cure; the old version is served, and the next run converges",
        "every call of a load, of publishing, backup and rebuild",
        ("test_faults.py::test_a_disk_that_refuses", "test_faults.py::test_a_load_that_may_not_read"),
        ("errors",),
    ),
    Promise(
        LOST,
        "A malformed file is refused by name, with row and column where it has them, or loaded right: never "
        "silently wrong, never a crash of the load",
        "0 of 3,800 files",
        ("test_corpora.py", "test_hostile.py", "test_fuzz.py"),
        ("corpora", "silent", "fuzz"),
    ),
    Promise(
        LOST,
        "A bomb (workbook, gzip, zip, Parquet, an endless line, a million columns) is refused in less than 10 "
        "seconds and 1 GiB",
        "12 of 12",
        ("test_hostile.py", "test_hostile_sandbox.py"),
        ("bombs",),
    ),
    Promise(
        LOST,
        "A bit that flips in a file of landing, lake, ledger or a published version is noticed before that file "
        "is used",
        "1,000 of 1,000",
        ("test_keeping.py::test_one_flipped_bit", "test_bit_flips.py"),
        ("bits",),
    ),
    Promise(
        LOST,
        "Readers during publishes see one whole version: no error, no torn read, no mix",
        "0 with 100 readers and 50 publishes",
        ("test_readers.py",),
        ("readers",),
    ),
    Promise(
        LOST,
        "What was published is rebuilt from what landed, by another user and another Python, in another order",
        "cell for cell",
        ("test_keeping.py::test_a_home_rebuilt",),
        ("rebuild",),
    ),
    Promise(
        LOST,
        "Two engines, the transforms and plain SQL, come to the same facts",
        "equal to the unit",
        ("test_second_opinion.py",),
        ("second",),
    ),
    Promise(
        LOST,
        "A ceiling of memory that the user sets is kept: the load finishes under it or is refused by name",
        "at most 1.15 of 1.5 and 2 GiB",
        ("test_ceiling.py",),
        ("ceiling",),
    ),
    Promise(
        LOST,
        "A change of the code that matters is noticed by a test",
        "90% of all mutants, survivors explained",
        ("test_seed_rules.py",),
        ("mutation",),
    ),
    Promise(
        SEEN,
        "No NIK, KPJ or name is anywhere outside landing and keys after full and failing runs: database, lake, "
        "logs, Prefect, reports, pages",
        "0 after 50 failing runs",
        ("test_privacy.py", "test_scanner.py", "test_scan_failing.py"),
        ("privacy",),
    ),
    Promise(
        SEEN,
        "An attacker with all published tables and 12 monthly revisions recovers no hidden cell, exactly or "
        "within an interval below 10",
        "0, with 98% of the value published",
        ("test_disclosure.py",),
        ("disclosure",),
    ),
    Promise(
        SEEN,
        "Naughty strings in every text field, header, file name and setting have no side effect",
        "0 of all strings",
        ("test_naughty.py",),
        ("naughty",),
        "every run of the tests takes our own; the big list of others too where it lies beside the checkout",
    ),
    Promise(
        SEEN,
        "A local run needs no connection and tries none",
        "0 needed, 0 tried",
        ("test_nightly.py",),
        (),
        "every run of the tests makes one in a network of its own, under strace",
    ),
    Promise(
        SEEN,
        "Whom a leak touches (persons, columns, periods, accesses) is told for a load",
        "within 60 seconds",
        ("test_breach.py",),
        ("breach",),
    ),
    Promise(
        SEEN,
        "A change of the key that is killed goes on or is undone: one key at a time, and nothing of the old one "
        "is left",
        "0 of 1,000 kills",
        ("test_keys_rotated.py",),
        ("keys",),
    ),
)
