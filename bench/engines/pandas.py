"""pandas, file by file: every rule is a mask, facts are drop_duplicates and group by."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from bench.engines.loading import load
from bench.engines.pandas_rules import Judge, by_masks
from bench.terms import DAYS, REGENCIES, SHARED_NAMES
from warehouse.rules import AMBIGUOUS, FOREIGN, RAW, raw
from warehouse.schema import Column, Extract, Parse, Severity
from warehouse.tables.contribution import Contribution
from warehouse.tables.employer import Employer
from warehouse.tables.membership import Membership
from warehouse.vocabulary import PROGRAMMES, SCOPES

Frame = Any
KINDS: tuple[type[Extract], ...] = (Membership, Contribution, Employer)
IDS = ("raw_nik", "raw_kpj")
SET_OF = f"({'|'.join(PROGRAMMES)})([,+/; |]+({'|'.join(PROGRAMMES)}))*"


def files(source: Path, kind: str) -> Iterator[Frame]:
    """Yield the files of a kind as texts."""
    for path in sorted(source.glob(f"{kind}_*")):
        yield pd.read_csv(path, sep=";", dtype=str) if path.suffix == ".csv" else pd.read_parquet(path)


def minimum_wages(source: Path) -> Frame:
    """Return the minimum wage by regency of the workplace."""
    wages = pd.concat(files(source, "umk")).rename(columns={"kode_kab": "workplace_code"})
    return wages.assign(minimum_wage_idr=wages.upah_minimum.astype(int))[["workplace_code", "minimum_wage_idr"]]


def typed(texts: Frame, table: type[Extract], wages: Frame) -> Frame:
    """Return raw texts and parsed columns under their declared names."""
    found: dict[str, Frame] = {}
    for column in table.arriving().values():
        text = texts[column.arrives_as]
        found |= {raw(column): text, column.name: _parsed(text, column)}
        if column.parse is Parse.REGENCY:
            found[column.name + AMBIGUOUS], found[column.name + FOREIGN] = text.str.upper().isin(SHARED_NAMES), False
    frame = pd.DataFrame(found)
    return frame.merge(wages, on="workplace_code", how="left") if table.helpers else frame


def _parsed(text: Frame, column: Column) -> Frame:
    match column.parse:
        case Parse.DATE:
            return pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        case Parse.MONTH:
            return pd.to_datetime(text + "-01", format="%Y-%m-%d", errors="coerce")
        case Parse.WHOLE:
            return pd.to_numeric(text, errors="coerce").astype("Int64")
        case Parse.FLAG:
            return text.map({"Y": True, "T": False})
        case Parse.IDENTIFIER | Parse.NATIONAL_ID:
            return text.where(text != "'")
        case Parse.PROGRAMMES:
            bits = sum(
                text.str.contains(rf"\b{name}\b", regex=True).fillna(False).astype(int) * (1 << bit)
                for bit, name in enumerate(PROGRAMMES)
            )
            return bits.where(text.str.fullmatch(SET_OF).fillna(False))
        case Parse.REGENCY:
            return text.where(text.isin(REGENCIES))
    return text


def judged(texts: Frame, table: type[Extract], wages: Frame, judge: Judge = by_masks) -> Frame:
    """Return the typed rows of a file with `rules`, the names of the rules that each breaks, a comma after each."""
    frame = typed(texts, table, wages)
    names = pd.Series("", index=frame.index)
    for rule, rows in judge(frame, table):
        if rule.severity is Severity.REJECT:
            names = names.where(~rows, names + rule.name + ",")
    return frame.assign(rules=names)


def accepted(frame: Frame, table: type[Extract]) -> Frame:
    """Return the rows of a judged file that break no rule, with tokens in place of ids."""
    rows = frame[frame.rules == ""][list(table.stored_columns())].copy()
    for column in (one for one in table.columns.values() if one.pseudonym):
        rows[column.name] = rows[column.name].map(_token, na_action="ignore")
    return rows


def rejected(frame: Frame) -> Frame:
    """Return the other rows as they arrived, without ids, and the names of their rules."""
    arrived = [name for name in frame.columns if name.startswith(RAW) and name not in IDS]
    return frame.loc[frame.rules != "", [*arrived, "rules"]]


def _token(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16, key=b"bench").digest()


def coverage(rows: Frame) -> tuple[Frame, Frame]:
    """Return distinct persons in force per region, basis and scope, and the same by programme."""
    reference, paid = pd.Timestamp(DAYS["reference"]), pd.Timestamp(DAYS["oldest_paid"])
    held = rows[
        (rows.start_date <= reference)
        & ~(rows.end_date < reference)
        & ((rows.segment != "BPU") | (rows.paid_through >= paid))
    ]
    counts, programmes = [], []
    for basis, place in (("RESIDENCE", "residence_code"), ("WORKPLACE", "workplace_code")):
        for scope, members in SCOPES.items():
            mine = held[held.segment.isin(members) & held[place].notna()]
            for region in (mine[place], mine[place].str[:2], pd.Series("00", index=mine.index)):
                each = mine.assign(region_code=region)
                active = each.groupby("region_code").worker_key.nunique()
                weak = each[each.is_vulnerable.astype(bool)].groupby("region_code").worker_key.nunique()
                table = pd.DataFrame({"active_workers": active, "vulnerable_workers": weak}).fillna(0).reset_index()
                counts.append(table.assign(basis=basis, segment=scope))
                for bit, programme in enumerate(PROGRAMMES):
                    of = each[each.programmes.astype(int) & (1 << bit) > 0].groupby("region_code").worker_key.nunique()
                    programmes.append(
                        of.rename("active_workers")
                        .reset_index()
                        .assign(basis=basis, segment=scope, programme=programme)
                    )
    return pd.concat(counts), pd.concat(programmes)


def premium(bills: Frame) -> Frame:
    """Return what was billed and paid, and the arrears of the accounts, per region, segment, programme and payer."""
    group, amounts = ["region_code", "segment", "programme", "funding_source"], ["workers", "billed_idr", "paid_idr"]
    account = bills.groupby([*group, "employer_key", "membership_key"], dropna=False)[amounts].sum().reset_index()
    account["arrears_idr"] = (account.billed_idr - account.paid_idr).clip(lower=0) if DAYS["due"] < DAYS["as_of"] else 0
    return (
        account.groupby(group)[[*amounts, "arrears_idr"]]
        .sum()
        .reset_index()
        .rename(columns={"workers": "workers_billed"})
    )


def run(source: Path, out: Path, judge: Judge = by_masks) -> None:
    """Load the extracts of `source` into a database in `out`."""
    wages = minimum_wages(source)
    tables: dict[str, Frame] = {}
    broken: Counter[str] = Counter()
    for table in KINDS:
        good = []
        for number, texts in enumerate(files(source, table.kind)):
            frame = judged(texts, table, wages, judge)
            bad = rejected(frame)
            bad.to_parquet(out / f"rejected_{table.kind}_{number}.parquet")
            broken.update(bad.rules.str.rstrip(",").str.split(",").explode())
            good.append(accepted(frame, table))
        rows = pd.concat(good, ignore_index=True)
        if table.unique:
            again = rows.duplicated(list(table.unique))
            broken["duplicate_row"] += int(again.sum())
            rows = rows[~again]
        tables[table.kind] = rows
    tables["coverage"], tables["programme_coverage"] = coverage(tables["kepesertaan"])
    tables["premium"] = premium(tables["iuran"])
    tables["rejection"] = pd.DataFrame({"rules": list(broken), "rows": list(broken.values())})
    load(out, tables)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
