"""Small random worlds: every table a few rows of values that lie on, before and after the borders of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random

import polars as pl
from hypothesis import strategies as st

from tests.asciitable import key
from tests.rules import REFERENCE
from transforms.graph import build
from warehouse import vocabulary as v
from warehouse.calendar import Version, shift
from warehouse.schema import Table, conform
from warehouse.tables.benefit import Claim
from warehouse.tables.budget import Budget
from warehouse.tables.contribution import Contribution
from warehouse.tables.contribution_history import ContributionHistory
from warehouse.tables.coverage import Presence, PresenceBefore, PresenceEarlier
from warehouse.tables.coverage_parts import VersionBefore
from warehouse.tables.employer import Employer
from warehouse.tables.indicator import Indicator
from warehouse.tables.membership import Membership
from warehouse.tables.minimum_wage import MinimumWage
from warehouse.tables.published_figure import PublishedFigure, PublishedFigureSeed
from warehouse.tables.reference import TargetSeed
from warehouse.tables.registration import Registration, RegistrationHistory
from warehouse.tables.target import Target
from warehouse.tables.workforce import Workforce

World = dict[type[Table], pl.LazyFrame]
Row = dict[str, object]
MARCH = date(2025, 3, 1)
MID_MARCH, CLOSED_MARCH = Version(MARCH, date(2025, 3, 16)), Version(MARCH, date(2025, 4, 30))
MONTHS = [shift(MARCH, -back) for back in (0, 0, 0, 1, 1, 2, 3)]
SEEN = [MID_MARCH.as_of_date, CLOSED_MARCH.as_of_date]
REGENCIES = ["15.03", "15.04", "16.01"]
EMPLOYERS = ["one", "two", None]

CHOICES: dict[type[Table], dict[str, list[object]]] = {
    Membership: {
        "month": [*MONTHS],
        "as_of_date": [*SEEN],
        "worker_key": [key(name) for name in ("budi", "siti", "agus", "dewi", "joko")],
        "membership_key": [key("kpj"), key("other"), key("third")],
        "employer_key": [*EMPLOYERS],
        "segment": ["PU", "PU", "BPU", "BPU", "JAKON", "PMI"],
        "sub_sector": [None, "TRANSPORTASI", "NELAYAN"],
        "programmes": [3, 3, 7, 15, 31, 1],
        "residence_code": [*REGENCIES],
        "workplace_code": [*REGENCIES, None],
        "wage_idr": [2_999_999, 3_000_000, 5_000_000, 12_345_678],
        "start_date": [date(2024, 1, 1), date(2024, 1, 1), date(2025, 3, 16), date(2025, 3, 17), date(2025, 3, 31)],
        "end_date": [
            None,
            None,
            None,
            date(2025, 2, 28),
            date(2025, 3, 15),
            date(2025, 3, 16),
            date(2025, 3, 31),
            date(2025, 12, 17),
            date(2027, 3, 16),
        ],
        "paid_through": [date(2025, 3, 1), date(2024, 12, 1), date(2024, 11, 1), date(2024, 9, 1), None],
        "funding_source": ["EMPLOYER", "SELF", "APBD_REGENCY"],
        "is_vulnerable": [True, False],
        "contract_value_idr": [None, 100_000_000, 765_432_109],
    },
    Contribution: {
        "month": [*MONTHS, shift(MARCH, -6), shift(MARCH, -11), shift(MARCH, 1)],
        "as_of_date": [*SEEN],
        "employer_key": [*EMPLOYERS],
        "membership_key": [key("kpj"), key("other")],
        "segment": ["PU", "PU", "BPU", "BPU", "JAKON", "PMI"],
        "programme": ["JKK", "JKM", "JKK", "JKM", "JKP"],
        "funding_source": ["EMPLOYER", "SELF", "APBD_REGENCY"],
        "region_code": [*REGENCIES[:2]],
        "workers": [0, 1, 5],
        "billed_idr": [0, 8_400, 16_800],
        "paid_idr": [0, 8_400, 16_800, 20_000],
        "paid_date": [None, date(2025, 3, 17), date(2025, 3, 18), date(2025, 4, 15), date(2025, 4, 16)],
    },
    Employer: {
        "as_of_date": [date(2025, 2, 1), date(2025, 3, 16), date(2025, 4, 1), date(2025, 5, 1)],
        "npp": [*EMPLOYERS],
        "nib": ["8", "9"],
        "employer_name": ["PT Satu"],
        "kbli": ["01111", "33000", "34000", "99999"],
        "scale": [*v.EMPLOYER_SCALES],
        "risk_class": ["RENDAH", "TINGGI"],
        "labour_intensive": [False, True],
        "region_code": [*REGENCIES[:2]],
        "declared_workers": [0, 1, 2, 3],
        "programmes": [None, 3, 7, 15],
    },
    Claim: {
        "claim_no": [f"K{number}" for number in range(40)],
        "as_of_date": [*SEEN],
        "membership_key": [key("kpj")],
        "programme": ["JKM", "JKK"],
        "benefit_type": ["SANTUNAN", "BEASISWA"],
        "paid_date": [
            date(2025, 2, 28),
            MARCH,
            date(2025, 3, 16),
            date(2025, 3, 31),
            date(2025, 4, 1),
            date(2024, 3, 5),
        ],
        "paid_idr": [0, 10_000_000, 20_000_000],
        "region_code": [*REGENCIES],
    },
    Budget: {
        "region_code": [*REGENCIES],
        "year": [2024, 2025, 2026],
        "funding_source": ["APBD_REGENCY", "APBD_PROVINCE", "BAZNAS"],
        "budget_idr": [0, 16_800, 201_600],
        "budget_workers": [None, 1],
        "legal_reference": ["act"],
    },
    Workforce: {
        "region_code": [*REGENCIES],
        "period": ["2024-02", "2024-08", "2025-02", "2025-08"],
        "source": ["BPS", "BPS", "DAERAH"],
        "released_on": [date(2024, 11, 5), date(2025, 3, 16), date(2025, 4, 30), date(2025, 5, 5)],
        "employed_workers": [100, 200],
        "excluded_workers": [0, 7],
    },
    Target: {
        "region_code": ["00", "15", "15.03"],
        "year": [2025, 2026],
        "frame": [*v.TARGET_FRAMES],
        "target_ratio": [0.5215, 0.962],
        "target_workers": [None, 70_538],
        "legal_reference": ["letter"],
    },
    PublishedFigure: {
        "row_id": ["1", "2", "3"],
        "as_of": ["2024", "2024-02", "2025-03-16", "2025-02-30"],
        "region_code": [*REGENCIES, None],
        "name": ["name 3", "nowhere", None],
        "coverage_ratio_stated": [None, 0.52],
        "workers_covered": [None, 64_709],
        "gap_workers": [None, -5],
    },
    PublishedFigureSeed: {
        "row_id": ["2", "3", "4"],
        "as_of": ["2023", "2025-12"],
        "kode_kemendagri": ["15.03", "91.01", "00", "99.99", None],
        "name": ["name 3", "nowhere", None],
        "coverage_pct": [None, 16.08, 150.0],
        "target_pct": [None, 62.62],
        "denominator_stated": [None, 555_154],
    },
    Indicator: {
        "region_code": ["00", "15", "15.03"],
        "period": ["2024", "2025-08"],
        "indicator": ["tpak", "upah"],
        "value": [0.0, 80.57, 1_307_818.0],
        "unit": [None, "persen"],
        "label": [None, "TPAK"],
        "source": [None, "BPS"],
        "released_on": [None, date(2025, 2, 5)],
    },
    Registration: {
        "as_of_date": [date(2025, 2, 28), date(2025, 3, 3), date(2025, 3, 16), date(2025, 3, 17), date(2025, 4, 2)],
        "employer_key": ["one", "two", "three"],
        "worker_key": [key(name) for name in ("budi", "siti", "agus", "dewi", "wati", "umar")],
        "wage_idr": [3_000_000],
        "start_date": [MARCH],
        "region_code": [*REGENCIES, None, None, None],
    },
    MinimumWage: {
        "region_code": [*REGENCIES],
        "year": [2024, 2025],
        "minimum_wage_idr": [3_000_000, 3_000_001],
        "legal_reference": ["decree"],
    },
}
CHOICES[TargetSeed] = {**CHOICES[Target], "legal_reference": ["plan"]}


def worlds(rows: int) -> st.SearchStrategy[World]:
    """Return the strategy of worlds with up to `rows` rows per table."""
    tables = {
        table: st.lists(
            st.fixed_dictionaries({name: st.sampled_from(values) for name, values in columns.items()}), max_size=rows
        )
        for table, columns in CHOICES.items()
    }
    return st.fixed_dictionaries(tables).map(_world)


def random_world(seed: int, rows: int) -> World:
    """Return the world of a seed, with `rows` rows per table before duplicates of a key are dropped."""
    dice = Random(seed)
    return _world(
        {
            table: [{name: dice.choice(values) for name, values in columns.items()} for _ in range(rows)]
            for table, columns in CHOICES.items()
        }
    )


def inputs_of_version(world: Mapping[type[Table], pl.LazyFrame], version: Version) -> World:
    """Return what a run gives the transforms for a version: each month in its newest delivery known on that day."""
    inputs = {**world, **REFERENCE}
    members = _newest(world[Membership], version, "month")
    month = pl.col("month") == version.month
    inputs[Membership] = members.filter(month)
    inputs[Contribution] = world[Contribution].filter(month, pl.col("as_of_date") == version.as_of_date)
    inputs[ContributionHistory] = _newest(world[Contribution], version, "month")
    inputs[Employer] = _newest(world[Employer], version)
    asked = pl.col("as_of_date").is_between(version.month, version.as_of_date)
    inputs[RegistrationHistory] = world[Registration].filter(month, asked)
    inputs[Claim] = world[Claim].filter(month, pl.col("as_of_date") == version.as_of_date)
    past = members.filter(pl.col("month") < version.month).select("month", "as_of_date").unique().collect()
    older = [Version(*row) for row in past.iter_rows()]
    previous = [old for old in older if old.month == shift(version.month, -1)]
    before = [_presence(world, old) for old in previous]
    earlier = [_presence(world, old) for old in older if old.month < shift(version.month, -1)]
    measured = [version_before(old) for old in previous]
    return (
        inputs | _united(PresenceBefore, before) | _united(VersionBefore, measured) | _united(PresenceEarlier, earlier)
    )


def version_before(version: Version) -> pl.LazyFrame:
    """Return the version of the month before as an input of the graph."""
    return conform(pl.LazyFrame({"previous_as_of_date": [version.as_of_date]}), VersionBefore)


def _world(rows: Mapping[type[Table], list[Row]]) -> World:
    world: World = {}
    for table, found in rows.items():
        schema = table.polars_schema()
        frame = pl.DataFrame([[row.get(name) for name in schema] for row in found], schema=schema, orient="row")
        has_key = table not in (Membership, Contribution)
        unique = getattr(table, "unique", ()) or table.key()
        if month_from := getattr(table, "month_from", ""):
            frame = frame.with_columns(month=pl.col(month_from).dt.truncate("1mo"))
        world[table] = (frame.unique(unique, keep="first", maintain_order=True) if has_key else frame).lazy()
    return world


def _newest(frame: pl.LazyFrame, version: Version, *by: str) -> pl.LazyFrame:
    known = frame.filter(pl.col("as_of_date") <= version.as_of_date)
    day = pl.col("as_of_date").max()
    return known.filter(pl.col("as_of_date") == (day.over(by) if by else day))


def _presence(world: Mapping[type[Table], pl.LazyFrame], version: Version) -> pl.LazyFrame:
    exactly = (pl.col("month") == version.month) & (pl.col("as_of_date") == version.as_of_date)
    return build([Presence], {**REFERENCE, Membership: world[Membership].filter(exactly)}, version)[Presence]


def _united(table: type[Table], frames: list[pl.LazyFrame]) -> World:
    return {table: conform(pl.concat(frames), table)} if frames else {}
