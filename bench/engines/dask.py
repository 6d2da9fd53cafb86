"""Dask with two threads: files are judged as pandas does, and rows shuffled by person make exact counts of the parts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import pandas as pd
import pyarrow as pa

from bench.engines.loading import load
from bench.engines.pandas import KINDS, accepted, coverage, judged, minimum_wages, rejected
from bench.terms import DAYS
from warehouse.schema import Extract

Frame = Any
PARTS = 8
SHUFFLED_BY = {"kepesertaan": "membership_key", "badan_usaha": "region_code"}
KEYS = {
    "coverage": ["region_code", "basis", "segment"],
    "programme_coverage": ["region_code", "basis", "segment", "programme"],
    "premium": ["region_code", "segment", "programme", "funding_source"],
}
AMOUNTS = ["workers", "billed_idr", "paid_idr"]


def texts(source: Path, kind: str) -> Frame:
    """Return the files of a kind as texts, a partition each."""
    if any(source.glob(f"{kind}_*.csv")):
        return dd.read_csv(f"{source}/{kind}_*.csv", sep=";", dtype=str, blocksize=None)
    return dd.read_parquet(f"{source}/{kind}_*.parquet", split_row_groups=False, aggregate_files=False)


def each(function: Any, frame: Frame, *given: Any) -> Frame:
    """Return what `function` makes of every partition, of the type that it makes of none."""
    return frame.map_partitions(function, *given, meta=function(frame._meta, *given))


def first_of_key(rows: Frame, table: type[Extract]) -> Frame:
    """Return the rows of one part that are the first of their key; equal keys lie in one part."""
    return rows.sort_index(kind="stable")[lambda ordered: ~ordered.duplicated(list(table.unique))]


def split(source: Path, out: Path, table: type[Extract], wages: Frame) -> tuple[Frame, Frame]:
    """Return the accepted rows of a kind, written to a folder, and the number of the others by rule."""
    rows = each(judged, texts(source, table.kind), table, wages).persist()
    bad, good = each(rejected, rows), each(accepted, rows, table)
    texts_only = pa.schema([(name, pa.string()) for name in bad.columns])
    written = bad.to_parquet(out / f"rejected_{table.kind}", write_index=False, schema=texts_only, compute=False)
    broken, before, _ = dask.compute(bad.rules.str.rstrip(",").value_counts(), good.shape[0], written)
    if table.unique:
        good = each(first_of_key, good.shuffle(SHUFFLED_BY[table.kind], npartitions=PARTS), table)
    good = good.persist()
    broken["duplicate_row"] = broken.get("duplicate_row", 0) + before - len(good)
    schema = table.polars_schema().to_frame().to_arrow().schema
    good.to_parquet(out / table.kind, write_index=False, schema=schema)
    return good, pd.DataFrame({"rules": broken.index, "rows": broken.to_numpy()})


def counted(rows: Frame) -> dict[str, Frame]:
    """Return the distinct persons in force: every part holds whole persons, so the counts of the parts add up."""
    parts = rows.shuffle("worker_key", npartitions=PARTS).to_delayed()
    found = dask.compute(*(dask.delayed(coverage)(part) for part in parts))
    return {
        name: pd.concat([one[place] for one in found]).groupby(KEYS[name]).sum(numeric_only=True).reset_index()
        for place, name in enumerate(("coverage", "programme_coverage"))
    }


def premium(bills: Frame) -> Frame:
    """Return what was billed and paid, and the arrears of the accounts, per region, segment, programme and payer."""
    accounts = [*KEYS["premium"], "employer_key", "membership_key"]
    account = bills.groupby(accounts, dropna=False)[AMOUNTS].sum(split_out=PARTS).reset_index()
    owed = (account.billed_idr - account.paid_idr).clip(lower=0) if DAYS["due"] < DAYS["as_of"] else 0
    sums = account.assign(arrears_idr=owed).groupby(KEYS["premium"])[[*AMOUNTS, "arrears_idr"]].sum()
    return sums.compute().reset_index().rename(columns={"workers": "workers_billed"})


def run(source: Path, out: Path) -> None:
    """Load the extracts of `source` into a database in `out`."""
    wages = minimum_wages(source)
    with dask.config.set(scheduler="threads", num_workers=2, temporary_directory=str(out)):
        halves = {table.kind: split(source, out, table, wages) for table in KINDS}
        facts = counted(halves["kepesertaan"][0]) | {"premium": premium(halves["iuran"][0])}
    rejection = pd.concat([counts for _, counts in halves.values()])
    load(out, {kind: out / kind for kind in halves} | facts | {"rejection": rejection})


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
