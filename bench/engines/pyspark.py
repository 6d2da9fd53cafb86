"""PySpark on two cores of this machine: rules are SQL expressions, and one group by brings the persons together."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from bench.engines.loading import load
from bench.engines.naive import KINDS, PARSED, SET_OF, condition
from bench.terms import DAYS, REGENCIES, SHARED_NAMES
from warehouse.rules import AMBIGUOUS, FOREIGN, raw, row_rules
from warehouse.schema import Column, Extract, Parse, Severity
from warehouse.vocabulary import PROGRAMMES, SCOPES, SEGMENTS

Rows = Any
FACTS = Path(__file__).parents[1] / "spark.sql"
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "8g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
TYPED = PARSED | {
    Parse.DATE: "try_to_date({0}, 'yyyy-MM-dd')",
    Parse.MONTH: "try_to_date({0}, 'yyyy-MM')",
    Parse.PROGRAMMES: f"CASE WHEN {{0}} RLIKE '^({SET_OF})$' THEN {{1}} END",
    Parse.REGENCY: f"CASE WHEN {{0}} IN {tuple(REGENCIES)} THEN {{0}} END",
}
PROGRAMME_BITS = " + ".join(
    f"CASE WHEN {{0}} RLIKE r'\\b{name}\\b' THEN {1 << bit} ELSE 0 END" for bit, name in enumerate(PROGRAMMES)
)


def session(out: Path) -> Any:
    """Return a session on two cores that listens on the loopback address alone and keeps its files in `out`."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[2]").appName("bench").config("spark.local.dir", f"{out}/spark")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def texts(spark: Any, source: Path, kind: str) -> Rows:
    """Return the files of a kind as texts, with file and line_no."""
    if any(source.glob(f"{kind}_*.csv")):
        rows = spark.read.csv(f"{source}/{kind}_*.csv", sep=";", header=True, inferSchema=False, quote="")
    else:
        rows = spark.read.parquet(f"{source}/{kind}_*.parquet")
    return rows.selectExpr("*", "_metadata.file_name AS file", "monotonically_increasing_id() AS line_no")


def parsed(column: Column) -> list[str]:
    """Return the columns, in SQL, that an arriving text becomes, the text itself first."""
    text = column.arrives_as
    typed = TYPED.get(column.parse, "{0}").replace("{1}", PROGRAMME_BITS).format(text)
    found = [f"{text} AS {raw(column)}", f"{typed} AS {column.name}"]
    if column.parse is Parse.REGENCY:
        shared = f"coalesce(upper({text}) IN {tuple(SHARED_NAMES)}, false)"
        found += [f"{shared} AS {column.name}{AMBIGUOUS}", f"false AS {column.name}{FOREIGN}"]
    return found


def judged(spark: Any, source: Path, table: type[Extract]) -> Rows:
    """Return the typed rows of a kind with `rules` and `warnings`: the names of those that each breaks."""
    columns = [each for column in table.arriving().values() for each in parsed(column)]
    rows = texts(spark, source, table.kind).selectExpr("file", "line_no", *columns)
    if table.helpers:
        wages = texts(spark, source, "umk").selectExpr(
            "kode_kab AS workplace_code", "cast(upah_minimum AS bigint) AS minimum_wage_idr"
        )
        rows = rows.join(wages.hint("broadcast"), "workplace_code", "left")
    broken: dict[bool, list[str]] = {True: ["''"], False: ["''"]}
    for rule in (one for one in row_rules(table) if one.kind != "unique"):
        holds = condition(rule).replace("regexp_matches(", "regexp_like(")
        broken[rule.severity is Severity.WARN].append(f"CASE WHEN NOT ({holds}) THEN '{rule.name},' END")
    named = {is_warning: f"array_join(array({', '.join(each)}), '')" for is_warning, each in broken.items()}
    rows = rows.selectExpr("*", f"{named[False]} AS rules", f"{named[True]} AS warnings")
    if not table.unique:
        return rows
    key = f"PARTITION BY rules = '', {', '.join(table.unique)} ORDER BY file, line_no"
    place = rows.selectExpr("*", f"row_number() OVER ({key}) AS place")
    again = "CASE WHEN rules = '' AND place > 1 THEN 'duplicate_row,' ELSE rules END AS rules"
    return place.selectExpr("* EXCEPT (rules, place)", again)


def split(spark: Any, source: Path, out: Path, table: type[Extract]) -> None:
    """Write the accepted rows of a kind with tokens for ids, the rejected ones without ids, and their number by rule."""
    columns = table.arriving().values()
    rows = judged(spark, source, table).persist()
    stored = [f"unhex(md5(concat('key', {one.name}))) AS {one.name}" if one.pseudonym else one.name for one in columns]
    rows.where("rules = ''").selectExpr(*stored).write.parquet(f"{out}/{table.kind}")
    ids = [name for one in columns if one.pseudonym for name in (raw(one), one.name)]
    rejected = rows.where("rules <> ''").drop(*ids)
    rejected.write.parquet(f"{out}/rejected_{table.kind}")
    rows.groupBy("warnings").count().collect()
    spark.read.parquet(f"{out}/{table.kind}").createOrReplaceTempView(table.kind)
    counts = rejected.selectExpr("rtrim(',', rules) AS rules").groupBy("rules").count().toDF("rules", "rows")
    counts.write.parquet(f"{out}/rejection", mode="append")
    rows.unpersist()


def run(source: Path, out: Path) -> None:
    """Load the extracts of `source` into a database in `out`."""
    spark = session(out)
    spark.sparkContext.setLogLevel("ERROR")
    for table in KINDS:
        split(spark, source, out, table)
    told = {
        "$reference": f"DATE '{DAYS['reference']}'",
        "$oldest_paid": f"DATE '{DAYS['oldest_paid']}'",
        "$is_overdue": str(DAYS["due"] < DAYS["as_of"]),
        "$segments": ", ".join(SEGMENTS),
        "$masks": ", ".join(
            f"coalesce(bit_or(CASE WHEN segment = '{one}' THEN mask END), 0) AS {one}" for one in SEGMENTS
        ),
        "$scopes": ", ".join(f"struct('{scope}' AS segment, {' | '.join(of)} AS mask)" for scope, of in SCOPES.items()),
        "$programmes": ", ".join(f"('{name}', {1 << bit})" for bit, name in enumerate(PROGRAMMES)),
    }
    script = FACTS.read_text(encoding="utf-8")
    for name, value in told.items():
        script = script.replace(name, value)
    for statement in script.split(";"):
        if statement.strip():
            spark.sql(statement)
    facts = ("coverage", "programme_coverage", "premium")
    for fact in facts:
        spark.table(fact).write.parquet(f"{out}/{fact}")
    spark.stop()
    load(out, {name: out / name for name in (*(table.kind for table in KINDS), *facts, "rejection")})


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
