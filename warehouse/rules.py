"""Every rule of a table: those its columns imply and those it names, in one list with one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.damage import damages
from warehouse.schema import Column, Extract, Parse, Rule, Severity, Table

SHORTER_THAN_NIK = r"^(?:[^0-9]|[0-9](?:[^0-9]|$)|[0-9]{2,15}(?:[^0-9]|$))*$"
RAW = "raw_"
LINE_NO = "line_no"
FILE = "file"
"""The column with the place of a row's file among those that pass the gate together."""
AMBIGUOUS = "_is_ambiguous"
FOREIGN = "_is_foreign"


@dataclass(frozen=True)
class RowRule:
    """One check of every row, in the terms that a validation library speaks.

    `kind` is one of not_null, in_set, at_least, at_most, pattern, condition, unique; `column` is what it looks at,
    `argument` what it is held against, `en` and `id` the message in both languages, `mostly` the share of
    rows that must keep it.
    """

    name: str
    kind: str
    column: str
    argument: object
    en: str
    id: str
    severity: Severity = Severity.REJECT
    mostly: float = 1.0


def raw(column: Column) -> str:
    """Return the name under which the text of an arriving column travels through the gate."""
    return RAW + column.arrives_as


def gate_columns(table: type[Extract]) -> list[str]:
    """Return the columns that the gate sees: line, raw texts, parsed values, region flags and helpers."""
    regions = [column.name for column in table.columns.values() if column.parse in (Parse.REGENCY, Parse.REGION)]
    flags = [name + flag for name in regions for flag in (AMBIGUOUS, FOREIGN)]
    return [LINE_NO, *map(raw, table.arriving().values()), *table.stored_columns(), *flags, *table.helpers]


def row_rules(table: type[Table]) -> list[RowRule]:
    """Return every rule of `table`: per column, then the named ones, then the key."""
    rules = [rule for column in table.stored_columns().values() for rule in _column_rules(column)]
    rules += [_named(rule) for rule in table.rules]
    if issubclass(table, Extract) and table.unique:
        argument = (table.unique, table.unique_needs)
        text = "a second row with the same key", "baris kedua dengan kunci yang sama"
        rules.append(RowRule("duplicate_row", "unique", ",".join(table.unique), argument, *text))
    return rules


def messages(table: type[Table]) -> dict[str, RowRule]:
    """Return the rules of `table` by name, and what else a rejected row of an extract may be told: `warehouse.damage`."""
    told = damages(table) if issubclass(table, Extract) else []
    named = {one.name: RowRule(one.name, "pattern", RAW + one.column, one.pattern, one.en, one.id) for one in told}
    return named | {rule.name: rule for rule in row_rules(table)}


def _named(rule: Rule) -> RowRule:
    kind, column = ("pattern", rule.pattern_of) if rule.is_pattern else ("condition", "")
    return RowRule(rule.name, kind, column, rule.condition, rule.en, rule.id, rule.severity)


def _column_rules(column: Column) -> Iterator[RowRule]:
    if column.arrives_as:
        yield from _arrival_rules(column)
    elif not column.nullable:
        yield RowRule(f"{column.name}_missing", "not_null", column.name, None, "a value is missing", "nilai kosong")
    title = column.arrives_as or column.name
    if column.values:
        text = f"{title} holds a code outside its list", f"kode {title} tidak ada dalam daftar"
        yield RowRule(f"{title}_unknown", "in_set", column.name, column.values, *text)
    if column.minimum is not None:
        name = f"{title}_negative" if column.minimum == 0 else f"{title}_too_small"
        text = f"{title} is below {column.minimum}", f"{title} kurang dari {column.minimum}"
        yield RowRule(name, "at_least", column.name, column.minimum, *text)
    if column.maximum is not None:
        text = (
            f"{title} is above {column.maximum:,}: a number from another column?",
            f"{title} melebihi {column.maximum:,}: angka dari kolom lain?",
        )
        yield RowRule(f"{title}_too_large", "at_most", column.name, column.maximum, *text)
    if column.pattern:
        text = f"{title} is not of the form {column.pattern}", f"{title} tidak sesuai bentuk {column.pattern}"
        yield RowRule(f"{title}_format", "pattern", column.name, column.pattern, *text)


def _arrival_rules(column: Column) -> Iterator[RowRule]:
    title, text = column.arrives_as, raw(column)
    if column.required:
        yield RowRule(f"{title}_missing", "not_null", text, None, f"{title} is empty", f"{title} kosong")
    if column.parse in (Parse.REGENCY, Parse.REGION):
        yield RowRule(
            f"{title}_unknown", "condition", column.name, f"{text} IS NULL OR {column.name} IS NOT NULL OR {column.name}{AMBIGUOUS}",
            f"{title} names no region", f"{title} tidak dikenal sebagai wilayah",
        )  # fmt: skip
        yield RowRule(
            f"{title}_ambiguous", "condition", column.name, f"NOT {column.name}{AMBIGUOUS}",
            f"{title} names several regions: write kabupaten or kota before it, or the code",
            f"{title} menunjuk beberapa wilayah: tulis kabupaten atau kota di depannya, atau kodenya",
        )  # fmt: skip
        yield RowRule(
            f"{title}_code_system", "condition", column.name, f"NOT {column.name}{FOREIGN}",
            f"{title} holds codes of the other code system: declare code_system",
            f"{title} memakai kode dari sistem lain: nyatakan code_system", Severity.STOP, mostly=0.98,
        )  # fmt: skip
    elif column.parse is Parse.IDENTIFIER and not column.pseudonym and not column.pattern:
        yield RowRule(
            f"{title}_holds_nik", "pattern", column.name, SHORTER_THAN_NIK,
            f"{title} holds a number of 16 digits: a NIK in the wrong column?",
            f"{title} berisi angka 16 digit: NIK di kolom yang salah?",
        )  # fmt: skip
    if column.parse not in (Parse.TEXT, Parse.CODE, Parse.REGENCY, Parse.REGION):
        yield RowRule(
            f"{title}_unreadable", "condition", column.name, f"{text} IS NULL OR {column.name} IS NOT NULL",
            f"{title} cannot be read in the declared format", f"{title} tidak terbaca dalam format yang dinyatakan",
        )  # fmt: skip
