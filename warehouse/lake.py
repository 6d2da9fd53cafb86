"""The lake: Parquet files of pseudonymous rows, and the seeds as frames."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.calendar import Version
from warehouse.home import Home
from warehouse.rules import LINE_NO
from warehouse.schema import Column, Extract, Lazy, Table, TableT, conform
from warehouse.seals import forget, seal_of, sealed, whole

KEY_MARK = "cakupan_key"
PRESENCE, SETTLED, REMEMBERED = "presence", "settled", "remembered"
PAST = SETTLED, REMEMBERED
KEPT = PRESENCE, *PAST
PART, ROWS_SPREAD = "part", 16_000
QUARANTINE = pl.Schema({LINE_NO: pl.Int64(), "rules": pl.String(), "masked_row": pl.String()})


def accepted_path(home: Home, kind: str, gate_id: str) -> Path:
    """Return where the accepted rows of a gating lie."""
    return home.lake / kind / f"{gate_id}.parquet"


def rejected_path(home: Home, kind: str, gate_id: str) -> Path:
    """Return where the rejected rows of a gating lie, masked."""
    return home.lake / "rejected" / kind / f"{gate_id}.parquet"


def answers_path(home: Home, gate_id: str) -> Path:
    """Return where it lies which line of another file each line of a file answers."""
    return home.lake / "answers" / f"{gate_id}.parquet"


def presence_path(home: Home, version: Version, fingerprint: str) -> Path:
    """Return where the presence words of a version lie."""
    return home.lake / PRESENCE / f"{version.month:%Y-%m}_{version.as_of_date}_{fingerprint}.parquet"


def earlier_path(home: Home, fingerprint: str) -> Path:
    """Return where the presence words of all months up to one lie, as one."""
    return home.lake / PRESENCE / f"earlier_{fingerprint}.parquet"


def settled_path(home: Home, fingerprint: str) -> Path:
    """Return where the contributions of all months up to one lie, as one, without what is settled."""
    return home.lake / SETTLED / f"{fingerprint}.parquet"


def remembered_path(home: Home, name: str, fingerprint: str) -> Path:
    """Return where it lies what the second engine remembers under a name of all months up to one."""
    return home.lake / REMEMBERED / f"{name}_{fingerprint}.parquet"


def spending_path(home: Home, version: Version, fingerprint: str) -> Path:
    """Return where the spending of a version lies."""
    return home.lake / "spending" / f"{version.month:%Y-%m}_{version.as_of_date}_{fingerprint}.parquet"


def fact_path(home: Home, month: str, table: type[Table], as_of: str, fingerprint: str) -> Path:
    """Return where the computed rows of a fact wait for the audit and the load."""
    return home.lake / "facts" / month / f"{table.name}_{as_of}_{fingerprint}.parquet"


def sums_path(home: Home, month: str, name: str, as_of: str, fingerprint: str) -> Path:
    """Return where the sums lie that facts of a month are made of, beside the facts."""
    return home.lake / "facts" / month / f"{name}_{as_of}_{fingerprint}.parquet"


def rows_of(paths: Sequence[Path], table: type[TableT]) -> Lazy[TableT]:
    """Return the rows of lake files as a frame of `table`; without files, a frame without rows."""
    if not paths:
        return conform(pl.LazyFrame(schema=table.polars_schema()), table)
    return conform(pl.scan_parquet([whole(path) for path in paths]), table)


def gated(*paths: Path) -> pl.LazyFrame:
    """Return the accepted rows of one or more gatings of a kind with their line numbers."""
    return pl.scan_parquet([whole(path) for path in paths])


def beside_path(paths: Sequence[Path], name: str) -> pl.LazyFrame:
    """Return the accepted rows of several gatings with their line numbers and, under `name`, the path of their file."""
    return pl.scan_parquet([whole(path) for path in paths], include_file_paths=name)


def numbered(paths: Sequence[Path], number: str) -> pl.LazyFrame:
    """Return the accepted rows of several gatings with their line numbers and the `number` of their file in `paths`.

    They are one scan: where every table is a union of scans, a plan takes longer to make than to run. A content that
    stands under two names is read twice.
    """
    if len(set(paths)) < len(paths):
        return pl.concat(
            [numbered([path], number).with_columns(pl.lit(n).alias(number)) for n, path in enumerate(paths)]
        )
    names = pl.Enum([str(path) for path in paths])
    rows = beside_path(paths, number)
    return rows.with_columns(pl.col(number).cast(names).to_physical().cast(pl.Int32))


def write(frame: pl.LazyFrame, path: Path, key: str = "") -> Path:
    """Compute `frame` in a stream and place it at `path`, whole or not at all; `key` names the key of its tokens, if any."""
    write_all({path: frame}, key)
    return path


def write_all(frames: Mapping[Path, pl.LazyFrame], key: str = "") -> None:
    """Compute frames together, so that what they share is computed once, and place each at its path."""
    with ExitStack() as stack:
        besides = [stack.enter_context(sealed(path)) for path in frames]
        sinks = [
            frame.sink_parquet(beside, compression="zstd", metadata=marked(key), lazy=True)
            for frame, beside in zip(frames.values(), besides, strict=True)
        ]
        pl.collect_all(sinks, engine="streaming")


def spread(rows: pl.LazyFrame, number: pl.Expr, folder: Path, parts: int) -> list[Path]:
    """Write rows in a stream to so many files of a new folder, for the time of a step: those of one `number` to one file.

    The files are in the order of their numbers, 0 up; one without rows is there too. Little of each is held.
    """
    paths = [folder / f"{one}.parquet" for one in range(parts)]
    folder.mkdir(mode=0o750, parents=True)
    target = pl.PartitionBy(
        folder, key=PART, include_key=False, file_path_provider=lambda of: paths[of.partition_keys.item()]
    )
    numbered = rows.with_columns(number.cast(pl.UInt32).alias(PART))
    numbered.sink_parquet(target, compression="lz4", statistics=False, row_group_size=ROWS_SPREAD, engine="streaming")
    for path in paths:
        if not path.exists():
            pl.DataFrame(schema=rows.collect_schema()).write_parquet(path)
    return paths


def marked(key: str) -> dict[str, str]:
    """Return what a Parquet file says of itself: the id of the key that its tokens were made with, if it has any."""
    return {KEY_MARK: key} if key else {}


def key_of(path: Path) -> str:
    """Return the id of the key that the tokens of a lake file were made with, empty where it does not say.

    A damaged file says nothing here; its seal tells before it is used.
    """
    try:
        return str(pl.read_parquet_metadata(path).get(KEY_MARK, ""))
    except pl.exceptions.ComputeError:
        return ""


def token_columns(path: Path) -> list[str]:
    """Return the columns of a lake file that hold tokens: the only bytes there are."""
    return [name for name, dtype in pl.read_parquet_schema(path).items() if dtype == pl.Binary]


def token_files(home: Home) -> list[Path]:
    """Return the accepted rows that hold tokens, in one order; presence words are made of them and are not among these."""
    return [path for kind in token_kinds() for path in sorted((home.lake / kind).glob("[!.]*.parquet"))]


def token_kinds() -> list[str]:
    """Return the kinds whose accepted rows hold tokens, in one order."""
    return sorted({one.kind for one in _extracts() if any(column.pseudonym for column in one.columns.values())})


def is_of_extracts(folder: str) -> bool:
    """Return whether the folder of the lake holds the accepted rows of a kind."""
    return folder in {one.kind for one in _extracts()}


def fact_files(home: Home) -> list[Path]:
    """Return the computed facts and the lists of them, of all months, in one order."""
    return sorted(path for path in (home.lake / "facts").glob("*/[!.]*") if path.suffix in (".parquet", ".json"))


def kept_files(home: Home, places: Sequence[str] = KEPT) -> list[Path]:
    """Return what was made of rows with tokens and is kept, so that it need not be made again, in one order."""
    return [path for place in places for path in sorted((home.lake / place).glob("[!.]*.parquet"))]


def _extracts() -> list[type[Extract]]:
    return [one for one in Table.registry.values() if issubclass(one, Extract)]


def height(frame: pl.LazyFrame) -> int:
    """Return the number of rows of a frame; of lake files it is told without reading them."""
    return int(frame.select(pl.len()).collect(engine="streaming").item())


def few(frame: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of a frame that are few."""
    return frame.collect(engine="streaming")


def lots(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Yield the rows of a frame as they come, in no order, so many at a time."""
    yield from frame.collect_batches(chunk_size=rows, maintain_order=False, engine="streaming")


def count(path: Path) -> int:
    """Return the number of rows of a lake file."""
    return int(pl.scan_parquet(whole(path)).select(pl.len()).collect().item())


def held(frame: pl.LazyFrame) -> pl.DataFrame:
    """Return a frame computed once and held in memory, as one piece."""
    return frame.collect(engine="streaming").rechunk()


def sums(frame: pl.LazyFrame, columns: Sequence[str]) -> dict[str, int]:
    """Return the sum of each of `columns`."""
    return frame.select(pl.col(columns).sum()).collect(engine="streaming").row(0, named=True)


def only_row(frame: pl.LazyFrame) -> dict[str, Any]:
    """Return the row of a frame that has one, such as counts, by column."""
    return frame.collect(engine="streaming").row(0, named=True)


def read(path: Path) -> pl.DataFrame:
    """Return a small lake file as a frame."""
    return pl.read_parquet(whole(path))


def rejected_rows(home: Home, kind: str, gate_id: str) -> pl.DataFrame:
    """Return the rejected rows of a gating: line_no, rules and masked_row; none where none were rejected."""
    path = rejected_path(home, kind, gate_id)
    found = read(path) if path.exists() else pl.DataFrame()
    return found if found.width else pl.DataFrame(schema=QUARANTINE)


def first_rejected(home: Home, kind: str, gate_id: str, most: int) -> pl.DataFrame:
    """Return the first rows of a gating that broke each rule, at most `most` of each: rule beside what the file holds."""
    path = rejected_path(home, kind, gate_id)
    if not path.exists() or "rules" not in pl.read_parquet_schema(whole(path)):
        return pl.DataFrame(schema={"rule": pl.String(), **QUARANTINE})
    broken = pl.scan_parquet(whole(path)).with_columns(rule=pl.col("rules").str.split(","))
    lines = broken.select("rule", LINE_NO).explode("rule").group_by("rule").agg(pl.col(LINE_NO).bottom_k(most))
    first = lines.explode(LINE_NO).collect(engine="streaming")
    rows = broken.drop("rule").filter(pl.col(LINE_NO).is_in(first[LINE_NO].implode())).collect(engine="streaming")
    return first.join(rows, on=LINE_NO).sort("rule", LINE_NO)


def move(path: Path, target: Path) -> None:
    """Put a lake file in the place of another; the folder is synced by who moves several."""
    target.parent.mkdir(exist_ok=True, mode=0o750)
    if seal_of(path).exists():
        seal_of(path).replace(seal_of(target))
    path.replace(target)


def share(path: Path, target: Path) -> None:
    """Give a lake file a second name, where it has none yet."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    for one, other in ((seal_of(path), seal_of(target)), (path, target)):
        if one.exists() and not other.exists():
            os.link(one, other)


def remove(paths: Iterable[Path]) -> None:
    """Remove files, those that are not there included."""
    for path in paths:
        forget(path)


@cache
def seed_frame(file: str) -> pl.DataFrame:
    """Return a seed as text columns, empty as null."""
    with resources.as_file(resources.files("warehouse.seeds") / file) as path:
        return pl.read_csv(path, infer_schema=False)


def seed(table: type[TableT]) -> Lazy[TableT]:
    """Return the seed of `table` as its frame; Y and T are read as flags."""
    frame = seed_frame(table.seed)
    typed = [_read_seed(column) for column in table.columns.values() if column.dtype in (pl.Boolean, pl.Date)]
    return conform(frame.with_columns(typed).lazy(), table)


def _read_seed(column: Column) -> pl.Expr:
    text = pl.col(column.name)
    return (text == "Y") if column.dtype == pl.Boolean else text.str.to_date()
