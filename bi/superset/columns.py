"""What the columns of the published views mean, in the words of their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from warehouse import ddl
from warehouse import vocabulary as v
from warehouse.schema import Column, Table

FLAG = Column(pl.Boolean(), "", "flag")
SHARE = Column(pl.Float64(), "", "fraction", nullable=True, additive=False)
RANK = Column(v.WHOLE, "", "rank", nullable=True, additive=False)
REGION = {
    "region_code": v.REGION_CODE,
    "region_name": Column(v.TEXT, "Name of the region.", "text", label_id="Wilayah"),
    "level": Column(v.TEXT, "regency, province or national.", "code", label_id="Tingkat", values=v.LEVELS),
    "province_code": Column(v.TEXT, "Code of its province; the nation has none.", "code", label_id="Kode provinsi"),
    "province_name": Column(v.TEXT, "Name of its province.", "text", label_id="Provinsi"),
}
GAP = {
    "target_workers_stated": v.persons("Workers to reach as the target itself names them.", "Target pekerja (tertulis)"),
    "target_workers_computed": v.persons("Smallest whole number of eligible workers that reaches the ratio.", "Target pekerja (dihitung)"),
    "workers_missing": v.persons("Workers missing to the target as computed; negative when it is passed.", "Kekurangan pekerja"),
    "workers_missing_stated": v.persons("Workers missing to the number the target itself names.", "Kekurangan pekerja (tertulis)"),
}  # fmt: skip
LEAGUE = {
    "is_newest_month": FLAG.but(description="True in the last month that is loaded.", label_id="Bulan terbaru"),
    "rank_in_province": RANK.but(description="Place among the regencies of its province.", label_id="Peringkat provinsi"),
    "ranked_in_province": RANK.but(description="Regencies ranked in its province.", label_id="Dari (provinsi)"),
    "rank_in_nation": RANK.but(description="Place among all regencies.", label_id="Peringkat nasional"),
    "ranked_in_nation": RANK.but(description="Regencies ranked in the nation.", label_id="Dari (nasional)"),
}  # fmt: skip
BRIDGE = {
    "measured_as_of_date": v.AS_OF_DATE.but(description="Version that the change was measured against.", label_id="Tanggal data pembanding"),
    "is_newest": FLAG.but(description="True between the newest versions of both months.", label_id="Versi terbaru"),
    "active_before": v.persons("Workers in force the month before.", "Pekerja aktif bulan sebelumnya"),
    "restated_workers": v.persons("What the version measured against counts more; negative when fewer.", "Koreksi bulan sebelumnya"),
    "active_after": v.persons("Workers in force in the month.", "Pekerja aktif"),
}  # fmt: skip
STEP = {
    "step": Column(v.TEXT, "Part of the change, in order.", "text", label_id="Langkah"),
    "workers": v.persons("Workers of the step; negative when they went.", "Pekerja").but(minimum=None),
}
FINDING = {
    "finding": Column(v.TEXT, "Finding about an employer.", "text", label_id="Temuan"),
    "employers": v.count("Employers with the finding; an employer may have several.", "employers", "Pemberi kerja"),
}
COMPLIANCE = {"sector_name": Column(v.TEXT, "KBLI section, code and name.", "text", label_id="Lapangan usaha")}
AGEING = {
    "employers": v.count("Registered employers whose oldest unpaid month is of the class.", "employers", "Pemberi kerja"),
    "arrears_as_of_date": v.AS_OF_DATE.but(description="Day as of which arrears_idr is known.", label_id="Tanggal data piutang"),
}  # fmt: skip
BUDGET = {
    "funding_source_name": Column(v.TEXT, "Name of the funding source.", "text", label_id="Sumber dana"),
    "is_government": FLAG.but(description="Paid from a public budget.", label_id="Anggaran publik"),
    "unspent_idr": v.rupiah("Budget less spent; negative when more was spent.", "Sisa anggaran", nullable=True),
    "yearly_premium_idr": v.rupiah("Lowest contribution of one own-account worker for the year.", "Iuran minimum setahun").but(additive=False),
    "workers_yearly_idr": v.rupiah("What the budgeted workers cost for a whole year.", "Biaya setahun", nullable=True),
    "workers_paid_for": v.count("Workers the budget pays for a whole year.", "workers", "Pekerja terbiayai", nullable=True),
}  # fmt: skip
CLAIM = {
    "verdict": Column(v.TEXT, "Verdict on the claim.", "code", label_id="Penilaian"),
    "finding": Column(v.TEXT, "Rule that decided.", "code", label_id="Aturan"),
    "why_id": Column(v.TEXT, "Why, in Indonesian.", "text", label_id="Alasan"),
    "why_en": Column(v.TEXT, "Why, in English.", "text", label_id="Alasan (Inggris)"),
    "coverage_ratio_computed": SHARE.but(description="Workers covered over the denominator stated.", label_id="Cakupan dihitung"),
    "implied_denominator_from_coverage": v.persons("Denominator that the coverage implies.", "Penyebut tersirat (cakupan)"),
    "implied_denominator_from_target": v.persons("Denominator that the target implies.", "Penyebut tersirat (target)"),
    "implied_annual_premium_idr": v.rupiah("Contributions of a year that the claim implies.", "Iuran setahun tersirat").but(additive=False),
    "implied_gap_workers": v.persons("Workers missing to the target that the claim implies.", "Kekurangan tersirat"),
    "our_active_workers": v.persons("Our workers in force, as known on that day.", "Pekerja aktif (kami)"),
    "our_eligible_workers": v.persons("Our eligible workers, as known on that day.", "Pekerja layak (kami)"),
    "our_ratio": SHARE.but(description="Our coverage, as known on that day.", label_id="Cakupan (kami)"),
    "our_month": v.MONTH.but(description="Month of our figure.", label_id="Bulan (kami)"),
    "our_as_of_date": v.AS_OF_DATE.but(description="Version of our figure.", label_id="Tanggal data (kami)"),
    "our_basis": v.BASIS.but(label_id="Dasar wilayah (kami)"),
    "our_segment": v.SCOPE.but(label_id="Segmen (kami)"),
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A column of a view: its name and type in DuckDB, and its declaration."""

    name: str
    sql_type: str
    column: Column

    @property
    def label(self) -> str:
        """Return the Indonesian label, with the currency where it is rupiah."""
        return f"{self.column.label_id} (Rp)" if self.column.unit.startswith("rupiah") else self.column.label_id

    @property
    def is_measure(self) -> bool:
        """True when the column holds numbers that are shown and not only grouped by."""
        counted = self.sql_type in ("BIGINT", "DOUBLE", "INTEGER")
        return counted and not self.column.key and self.column.unit not in ("year", "code")


def describe(types: Mapping[str, str], tables: tuple[type[Table], ...], own: Mapping[str, Column]) -> list[Described]:
    """Return every column of `types` (name and DuckDB type) with its declaration: the view's own, else that of a table.

    Raises KeyError for a column that nobody declares.
    """
    declared = dict(ddl.HISTORY) | REGION
    for table in reversed(tables):
        declared |= table.columns
    declared |= own
    return [Described(name, sql_type, declared[name]) for name, sql_type in types.items()]
