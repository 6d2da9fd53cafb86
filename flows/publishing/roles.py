"""The roles that read: one for everything, one for each province; and what an administrator has to run once."""

from __future__ import annotations

from flows.servers import PostgresqlTarget
from warehouse.ddl import identifier, literal
from warehouse.seeds import seed_rows
from warehouse.tables.dimensions import DimRegion

NATION = "00"


def province_roles(target: PostgresqlTarget) -> list[str]:
    """Return the roles of the provinces that may exist, that of the nation's own row among them."""
    if target.roles != "provinces":
        return []
    codes = [row["region_code"] for row in seed_rows(DimRegion.seed) if row["level"] == "province"]
    return [f"{target.reader}_{code}" for code in sorted([NATION, *codes])]


def administration(target: PostgresqlTarget) -> str:
    """Return the SQL that an administrator of the database runs once; running it again changes nothing."""
    user, base = target.parts.username or "", target.path.strip("/")
    roles = [target.reader, *province_roles(target)] if target.roles != "none" else []
    made = "".join(_role(name, "NOLOGIN") for name in roles) + _role(user, "LOGIN")
    lines = [
        "-- cakupan: peran dan hak, dijalankan sekali oleh administrator / roles and rights, run once by an administrator",
        f"DO {literal(f'BEGIN {made}END')};",
        f"GRANT CONNECT, CREATE ON DATABASE {identifier(base)} TO {identifier(user)};",
        *(f"GRANT CONNECT ON DATABASE {identifier(base)} TO {identifier(name)};" for name in roles),
        f"-- sandi / password:  \\password {user}",
        f"-- pembaca / readers: GRANT {identifier(roles[0])} TO ...;" if roles else "",
    ]
    return "\n".join(line for line in lines if line)


def _role(name: str, kind: str) -> str:
    missing = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(name)})"
    return f"IF {missing} THEN CREATE ROLE {identifier(name)} {kind}; END IF; "
