"""Planted defects: how to break every rule of a declaration, as text, one rule at a time where that is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from warehouse.rules import RowRule, row_rules
from warehouse.schema import Column, Extract, Parse, Severity
from warehouse.synthetic.places import shared_names
from warehouse.vocabulary import MOST_AMOUNT

UNREADABLE: Mapping[Parse, tuple[str, ...]] = {
    Parse.DATE: ("2025-02-30", "31 Pebruari"),
    Parse.MONTH: ("2025-13", "Maret"),
    Parse.WHOLE: ("dua juta", "12x"),
    Parse.PERCENT: ("x%",),
    Parse.FLAG: ("MUNGKIN", "2"),
    Parse.PROGRAMMES: ("JKX", "JKK+ABC"),
    Parse.IDENTIFIER: ("'",),
    Parse.NATIONAL_ID: ("'",),
}
TYPED = (Parse.DATE, Parse.MONTH, Parse.WHOLE, Parse.PERCENT)
AS_LONG_AS_A_NIK = ("0000000000000000", "0000-0000000000000000")
UNKNOWN_REGIONS = ("15.99", "NEGERI ENTAH")
ALWAYS = pl.lit(True)


@dataclass(frozen=True)
class Defect:
    """How to break `rule` in rows that satisfy `when`: the new texts by column.

    `also` names rules that break with it; `once_per` a column of which each value may hold one such row.
    """

    rule: str
    column: str
    changes: Mapping[str, pl.Expr]
    when: pl.Expr = field(default=ALWAYS)
    also: tuple[str, ...] = ()
    once_per: str = ""

    @property
    def broken(self) -> str:
        """Return the names of all rules that such a row breaks, separated by commas."""
        return ",".join((self.rule, *self.also))


def defects(table: type[Extract], *, typed: bool) -> list[Defect]:
    """Return a way to break every rejecting rule of `table`; `typed` leaves out what typed columns cannot hold."""
    found = (_defect(table, rule, typed) for rule in row_rules(table) if rule.severity is Severity.REJECT)
    return [defect for defect in found if defect]


def _defect(table: type[Extract], rule: RowRule, typed: bool) -> Defect | None:
    special = SPECIAL.get((table.kind, rule.name)) or SPECIAL.get(("", rule.name))
    if special:
        return special(rule.name)
    for title, column in table.arriving().items():
        ending = rule.name.removeprefix(f"{title}_")
        texts = _wrong_texts(ending, column)
        if texts and not (typed and ending == "unreadable" and column.parse in TYPED):
            return Defect(rule.name, title, {title: _one_of(texts)}, *_where(table, title))
    return None


def _where(table: type[Extract], title: str) -> tuple[pl.Expr, tuple[str, ...]]:
    """Return where a wrong value in `title` breaks no other rule, and the rules it breaks anyway."""
    for (kind, name), (when, also) in CAREFUL.items():
        if (kind, name) == (table.kind, title):
            return when, also
    return ALWAYS, ()


def _one_of(texts: tuple[str | None, ...]) -> pl.Expr:
    choices = pl.Series(list(texts), dtype=pl.String)
    return pl.lit(choices).gather(pl.int_range(pl.len()) % len(texts))


def _wrong_texts(ending: str, column: Column) -> tuple[str | None, ...]:
    """Return texts that break the rule of `column` with this ending; none for a rule of another kind."""
    match ending:
        case "missing":
            return (None,)
        case "unreadable":
            return UNREADABLE.get(column.parse, ())
        case "unknown":
            return UNKNOWN_REGIONS if column.parse in (Parse.REGENCY, Parse.REGION) else ("XX", "TIDAK ADA")
        case "ambiguous":
            return shared_names()
        case "negative":
            return "-1", "-100000"
        case "too_small":
            return "1", str((column.minimum or 0) - 1)
        case "too_large":
            return (str((column.maximum or 0) + 1),)
        case "holds_nik":
            return AS_LONG_AS_A_NIK
        case "format":
            return "1234567", "12345678901234567", "2024-13"
    return ()


OWN_ACCOUNT = pl.col("segmen") == "BPU"
EMPLOYED = pl.col("segmen").is_in(["PU", "JAKON"])
CAREFUL: Mapping[tuple[str, str], tuple[pl.Expr, tuple[str, ...]]] = {
    ("kepesertaan", "npp"): (OWN_ACCOUNT, ()),
    ("kepesertaan", "upah"): (OWN_ACCOUNT, ()),
    ("iuran", "npp"): (pl.col("kpj").is_not_null(), ()),
    ("iuran", "kpj"): (pl.col("npp").is_not_null(), ()),
    ("badan_usaha", "npp"): (pl.col("nib").is_not_null(), ()),
    ("badan_usaha", "nib"): (pl.col("npp").is_not_null(), ()),
}


def _text_day(day: pl.Expr) -> pl.Expr:
    return day.dt.to_string("%Y-%m-%d")


def _day(name: str) -> pl.Expr:
    return pl.col(name).str.to_date("%Y-%m-%d")


def _cut(name: str, at: int, text: str) -> pl.Expr:
    return pl.col(name).str.slice(0, at) + text + pl.col(name).str.slice(at + len(text))


BEFORE_MONTH = _text_day(pl.col("blth").str.slice(0, 7).add("-01").str.to_date("%Y-%m-%d").dt.offset_by("-1d"))
NO_BIRTH = {"tgl_lahir": pl.lit(None, pl.String)}
SPECIAL: Mapping[tuple[str, str], Callable[[str], Defect]] = {
    ("", "nik_format"): lambda rule: Defect(rule, "nik", {"nik": pl.col("nik").str.head(15)}),
    ("", "kpj_format"): lambda rule: Defect(rule, "kpj", {"kpj": pl.col("kpj") + "0"}, pl.col("kpj").is_not_null()),
    ("", "nik_province"): lambda rule: Defect(rule, "nik", {"nik": _cut("nik", 0, "20")}),
    ("", "nik_birth_day"): lambda rule: Defect(rule, "nik", {"nik": _cut("nik", 6, "35")} | NO_BIRTH),
    ("", "nik_birth_month"): lambda rule: Defect(rule, "nik", {"nik": _cut("nik", 8, "13")} | NO_BIRTH),
    ("", "employer_missing"): lambda rule: Defect(rule, "npp", {"npp": pl.lit(None, pl.String)}, EMPLOYED),
    ("", "start_after_end"): lambda rule: Defect(
        rule, "tgl_akhir", {"tgl_akhir": _text_day(_day("tgl_mulai").dt.offset_by("-30d"))}
    ),
    ("", "start_after_as_of"): lambda rule: Defect(
        rule, "tgl_mulai", {"tgl_mulai": _text_day(_day("tgl_data").dt.offset_by("40d")), "tgl_akhir": pl.lit(None, pl.String)}
    ),
    ("kepesertaan", "as_of_before_month"): lambda rule: Defect(
        rule, "tgl_data", {"tgl_data": BEFORE_MONTH}, pl.col("tgl_mulai") < BEFORE_MONTH
    ),
    ("iuran", "as_of_before_month"): lambda rule: Defect(rule, "tgl_data", {"tgl_data": BEFORE_MONTH}),
    ("", "paid_before_event"): lambda rule: Defect(
        rule, "tgl_kejadian", {"tgl_kejadian": _text_day(_day("tgl_bayar").dt.offset_by("5d"))}
    ),
    ("", "paid_after_as_of"): lambda rule: Defect(
        rule, "tgl_bayar", {"tgl_bayar": _text_day(_day("tgl_data").dt.offset_by("10d"))}
    ),
    ("", "payer_missing"): lambda rule: Defect(rule, "npp", {"npp": pl.lit(None, pl.String), "kpj": pl.lit(None, pl.String)}),
    ("", "employer_unidentified"): lambda rule: Defect(
        rule, "nib", {"npp": pl.lit(None, pl.String), "nib": pl.lit(None, pl.String)}, once_per="kode_kab"
    ),
    ("iuran", "tagihan_negative"): lambda rule: Defect(rule, "tagihan", {"tagihan": pl.lit("-1000")}, also=("paid_above_billed",)),
    ("iuran", "dibayar_too_large"): lambda rule: Defect(
        rule, "dibayar", {"dibayar": pl.lit(str(MOST_AMOUNT + 1))}, also=("paid_above_billed",)
    ),
    ("penduduk_bekerja", "penduduk_bekerja_negative"): lambda rule: Defect(
        rule, "penduduk_bekerja", {"penduduk_bekerja": pl.lit("-1")}, also=("excluded_above_employed",)
    ),
    ("", "excluded_above_employed"): lambda rule: Defect(
        rule, "asn_tni_polri", {"asn_tni_polri": (pl.col("penduduk_bekerja").cast(pl.Int64) + 1).cast(pl.String)}
    ),
    ("", "duplicate_row"): lambda rule: Defect(rule, "", {}),
}  # fmt: skip


def warnings(frame: pl.DataFrame, table: type[Extract]) -> Iterator[tuple[str, pl.Series]]:
    """Yield the name of every warning rule that the typed `frame` can answer, and which rows break it."""
    named = frame.rename({title: column.name for title, column in table.arriving().items()}, strict=False)
    for rule in table.rules:
        if rule.is_pattern or rule.severity is not Severity.WARN:
            continue
        condition = pl.sql_expr(rule.condition)
        if set(condition.meta.root_names()) <= set(named.columns):
            yield rule.name, named.select(~condition.fill_null(True)).to_series()
