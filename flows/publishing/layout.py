"""How the published copy lies in PostgreSQL: tables with comments and indexes, who may read which rows, as SQL.

Names come from the published file and the settings, and are quoted; no value of a row is ever part of a statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.publishing.contents import Relation
from flows.servers import PostgresqlTarget
from warehouse.ddl import identifier, literal

PUBLICATION = "publication"
PUBLICATION_COMMENT = "The version of the published copy that these tables hold, and when it was sent. One row."
INDEXED = (("region_code", "month"), ("month",), ("region_code",))


@dataclass(frozen=True)
class Layout:
    """The tables of a version, built in a schema beside the one that is read. `provinces` are roles of provinces."""

    target: PostgresqlTarget
    relations: Sequence[Relation]
    provinces: Sequence[str]

    @property
    def staging(self) -> str:
        """Return the schema in which the tables are built."""
        return f"{self.target.schema_name}_next"

    def name(self, relation: str) -> str:
        """Return a table while it is built."""
        return f"{identifier(self.staging)}.{identifier(relation)}"

    def digest(self, content: str) -> str:
        """Return a digest of the content and of everything that is said about it to the server."""
        return hashlib.sha256("\n".join([content, *self.statements()]).encode()).hexdigest()

    def statements(self) -> list[str]:
        """Return what makes the empty tables with all that belongs to them, one statement for each table."""
        one_by_one = [[f"CREATE SCHEMA {identifier(self.staging)}", *self._publication()]]
        one_by_one += [[*self._table(relation), *self._policies(relation)] for relation in self.relations]
        return [_together(statements) for statements in [*one_by_one, list(self._grants())]]

    def state(self, version: str, content: str) -> str:
        """Return the statement that notes which version the tables hold."""
        names = ", ".join(literal(name) for name in (PUBLICATION, *(relation.name for relation in self.relations)))
        values = f"{literal(version)}, {literal(content)}, {literal(self.digest(content))}, ARRAY[{names}]"
        columns = "version, content, digest, relations"
        return f"INSERT INTO {self.name(PUBLICATION)} ({columns}) VALUES ({values})"

    def _publication(self) -> Iterator[str]:
        table = self.name(PUBLICATION)
        columns = "version TEXT, content TEXT, digest TEXT, relations TEXT[], sent_at TIMESTAMPTZ DEFAULT now()"
        yield f"CREATE TABLE {table} ({columns})"
        yield f"COMMENT ON TABLE {table} IS {literal(PUBLICATION_COMMENT)}"

    def _table(self, relation: Relation) -> Iterator[str]:
        table = self.name(relation.name)
        lines = [f"{identifier(field.name)} {field.type}{_generated(field.formula)}" for field in relation.fields]
        if relation.key:
            lines.append(f"PRIMARY KEY ({_listed(relation.key)})")
        yield f"CREATE TABLE {table} ({', '.join(lines)})"
        for columns in _indexes(relation):
            yield f"CREATE INDEX ON {table} ({_listed(columns)})"
        yield f"COMMENT ON TABLE {table} IS {literal(relation.comment)}"
        for field in relation.fields:
            if field.comment:
                yield f"COMMENT ON COLUMN {table}.{identifier(field.name)} IS {literal(field.comment)}"

    def _policies(self, relation: Relation) -> Iterator[str]:
        """Yield who sees which rows: the reader all, a role of a province those of its code; 00 is the nation."""
        if self.target.roles == "none":
            return
        table = self.name(relation.name)
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY reader ON {table} FOR SELECT TO {identifier(self.target.reader)} USING (TRUE)"
        if self._is_for_provinces(relation):
            mine = (
                f"SELECT right(rolname, 2) FROM pg_catalog.pg_roles WHERE rolname ~ "
                f"{literal(f'^{self.target.reader}_[0-9][0-9]$')} AND pg_has_role(oid, 'USAGE')"
            )
            own = f"left(region_code, 2) IN ({mine})" if relation.is_regional else f"EXISTS ({mine})"
            yield f"CREATE POLICY province ON {table} FOR SELECT USING ({own})"

    def _is_for_provinces(self, relation: Relation) -> bool:
        """Return whether provinces read it: rows of regions, and tables about none. A view without region_code mixes regions."""
        return self.target.roles == "provinces" and (relation.is_regional or not relation.is_view)

    def _grants(self) -> Iterator[str]:
        schema = identifier(self.staging)
        every = [self.name(relation.name) for relation in self.relations]
        of_provinces = [self.name(one.name) for one in self.relations if self._is_for_provinces(one)]
        for roles, tables in (([self.target.reader], every), (list(self.provinces), of_provinces)):
            if roles and tables and self.target.roles != "none":
                yield f"GRANT USAGE ON SCHEMA {schema} TO {_listed(roles)}"
                yield f"GRANT SELECT ON {', '.join([self.name(PUBLICATION), *tables])} TO {_listed(roles)}"


def _generated(formula: str) -> str:
    return f" GENERATED ALWAYS AS ({formula}) STORED" if formula else ""


def _indexes(relation: Relation) -> Iterator[tuple[str, ...]]:
    """Yield what a dashboard filters by and the key does not begin with."""
    names, covered = {field.name for field in relation.fields}, [relation.key]
    for columns in INDEXED:
        if names.issuperset(columns) and not any(key[: len(columns)] == columns for key in covered):
            covered.append(columns)
            yield columns


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(identifier, names))


def _together(statements: Sequence[str]) -> str:
    """Return the statements as one, sent at once."""
    return f"DO {literal('BEGIN ' + ''.join(f'{one}; ' for one in statements) + 'END')}"
