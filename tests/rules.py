"""The dated rules and dimensions that tests need, few rows each."""

from __future__ import annotations

import polars as pl

from tests.asciitable import table
from warehouse import lake
from warehouse.calendar import dim_month
from warehouse.schema import Lazy, Table
from warehouse.tables.dimensions import DimFundingSource, DimMonth, DimRegion, DimRegionCode
from warehouse.tables.reference import (
    ArrearsClass,
    ContributionParameter,
    ContributionRule,
    EmployerObligation,
    MembershipRule,
    SectorDivision,
)

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
PARAMETERS: Lazy[ContributionParameter] = table(
    ContributionParameter,
    """
    | parameter                | segment | value | effective_from | effective_to |
    | late_fine_rate           | PU      | 0.02  | 2015-07-01     | 2020-07-31   |
    | late_fine_rate           | PU      | 0.005 | 2020-08-01     | 2021-01-31   |
    | late_fine_rate           | PU      | 0.02  | 2021-02-01     | -            |
    | late_fine_rate           | BPU     | 0     | 2015-07-01     | -            |
    | administrative_fine_rate | PU      | 0.001 | 2013-12-24     | -            |
    | bpu_minimum_package      | BPU     | 16800 | 2015-07-01     | 2024-06-30   |
    | bpu_minimum_package      | BPU     | 20000 | 2024-07-01     | -            |
    """,
)
FUNDING: Lazy[DimFundingSource] = table(
    DimFundingSource,
    """
    | funding_source | is_government |
    | APBD_PROVINCE  | Y             |
    | APBD_REGENCY   | Y             |
    | BAZNAS         | T             |
    | EMPLOYER       | T             |
    | SELF           | T             |
    """,
)
OLD_CODES: Lazy[DimRegionCode] = table(
    DimRegionCode,
    """
    | system     | edition | code  | region_code |
    | kemendagri | 2025    | 15.03 | 15.03       |
    | kemendagri | 2018    | 91.01 | 16.01       |
    | bps        | 2020    | 1504  | 15.03       |
    """,
)
REFERENCE: dict[type[Table], pl.LazyFrame] = {
    MembershipRule: GRACE,
    DimRegion: REGIONS,
    DimRegionCode: OLD_CODES,
    DimMonth: dim_month(),
    EmployerObligation: OBLIGATIONS,
    ArrearsClass: CLASSES,
    SectorDivision: SECTORS,
    ContributionParameter: PARAMETERS,
    ContributionRule: lake.seed(ContributionRule),
    DimFundingSource: FUNDING,
}
