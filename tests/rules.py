"""The dated rules and dimensions that tests need, few rows each."""

from __future__ import annotations

import polars as pl

from tests.asciitable import table
from warehouse.calendar import dim_month
from warehouse.schema import Lazy, Table
from warehouse.tables.dimensions import DimMonth, DimRegion
from warehouse.tables.reference import ArrearsClass, EmployerObligation, MembershipRule, SectorDivision

GRACE: Lazy[MembershipRule] = table(
    MembershipRule,
    """
    | parameter            | segment | value | effective_from | effective_to |
    | arrears_grace_months | BPU     | 1     | 2014-01-01     | 2022-06-30   |
    | arrears_grace_months | BPU     | 3     | 2022-07-01     | -            |
    | arrears_grace_months | PMI     | 9     | 2014-01-01     | -            |
    | another_parameter    | BPU     | 9     | 2014-01-01     | -            |
    """,
)
REGIONS: Lazy[DimRegion] = table(
    DimRegion,
    """
    | region_code | level    | province_code |
    | 00          | national | -             |
    | 15          | province | 15            |
    | 15.03       | regency  | 15            |
    | 15.04       | regency  | 15            |
    | 16          | province | 16            |
    | 16.01       | regency  | 16            |
    """,
)
OBLIGATIONS: Lazy[EmployerObligation] = table(
    EmployerObligation,
    """
    | scale    | programmes     | effective_from |
    | BESAR    | JKK,JKM,JHT,JP | 2015-07-01     |
    | MENENGAH | JKK,JKM,JHT,JP | 2015-07-01     |
    | KECIL    | JKK,JKM,JHT    | 2015-07-01     |
    | MIKRO    | JKK,JKM        | 2015-07-01     |
    """,
)
CLASSES: Lazy[ArrearsClass] = table(
    ArrearsClass,
    """
    | arrears_class | from_months | to_months |
    | LANCAR        | 1           | 3         |
    | KURANG_LANCAR | 4           | 6         |
    | MACET         | 7           | 9         |
    | KONTINJENSI   | 10          | -         |
    """,
)
SECTORS: Lazy[SectorDivision] = table(
    SectorDivision,
    """
    | sector | division_from | division_to |
    | A      | 1             | 3           |
    | C      | 10            | 33          |
    | X      | -             | -           |
    """,
)
REFERENCE: dict[type[Table], pl.LazyFrame] = {
    MembershipRule: GRACE,
    DimRegion: REGIONS,
    DimMonth: dim_month(),
    EmployerObligation: OBLIGATIONS,
    ArrearsClass: CLASSES,
    SectorDivision: SECTORS,
}
