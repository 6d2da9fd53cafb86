"""A second opinion on every chart: its rows from the fact tables, in SQL that shares nothing with the bundle."""

from __future__ import annotations

from pathlib import Path

from warehouse.store import query

PROVINCE, MONTH, BASIS = "15", "2025-03-01", "RESIDENCE"
Rows = list[tuple[object, ...]]

STANDING = """(
    SELECT * FROM mart.fact_{name} AS fact
    WHERE superseded_at IS NULL
        AND as_of_date = (SELECT max(as_of_date) FROM mart.fact_{name} AS other WHERE other.month = fact.month AND other.superseded_at IS NULL)
) AS fact"""
HERE = "JOIN mart.dim_region AS region ON region.region_code = fact.region_code AND region.province_code = '{province}'"
WORKERS = "WHERE fact.region_code = '{province}' AND fact.month = '{month}' AND fact.basis = '{basis}'"
REGENCIES = "WHERE region.level = 'regency' AND fact.month = '{month}'"


def _facts(name: str) -> str:
    return STANDING.replace("{name}", name)


COVERAGE, COMPLIANCE, PREMIUM = _facts("coverage"), _facts("compliance"), _facts("premium")
ARREARS, BENEFIT, MOVEMENT = _facts("arrears"), _facts("benefit"), _facts("movement")
EMPLOYERS = f"FROM {COMPLIANCE} {HERE} {REGENCIES}"
UCJ_REGENCIES = f"FROM {COVERAGE} {HERE} {REGENCIES} AND segment = 'UCJ' AND eligible_workers > 0"

OPINIONS = {
    "active": f"SELECT active_workers FROM {COVERAGE} {WORKERS} AND segment = 'UCJ'",
    "eligible": f"SELECT eligible_workers FROM {COVERAGE} {WORKERS} AND segment = 'UCJ'",
    "coverage": f"SELECT active_workers / eligible_workers FROM {COVERAGE} {WORKERS} AND segment = 'UCJ'",
    "denominator": f"SELECT workforce_source, workforce_period, as_of_date::DATE::VARCHAR FROM {COVERAGE} {WORKERS} AND segment = 'UCJ'",
    "coverage_by_regency": f"SELECT region.name, active_workers / eligible_workers {UCJ_REGENCIES} AND basis = '{{basis}}'",
    "league": f"""WITH own AS (
            SELECT region.name, active_workers AS a, eligible_workers AS e {UCJ_REGENCIES} AND basis = 'RESIDENCE' AND active_workers IS NOT NULL
        ), nation AS (
            SELECT active_workers / eligible_workers AS ratio FROM {COVERAGE} JOIN mart.dim_region AS region USING (region_code)
            {REGENCIES} AND segment = 'UCJ' AND basis = 'RESIDENCE' AND eligible_workers > 0
        )
        SELECT name, 1 + (SELECT count(*) FROM own AS better WHERE better.a / better.e > own.a / own.e), a, e, a / e,
            1 + (SELECT count(*) FROM nation WHERE nation.ratio > own.a / own.e)
        FROM own""",
    "trend": f"""SELECT strftime(month, '%Y-%m'), active_workers / eligible_workers FROM {COVERAGE}
        WHERE region_code = '{{province}}' AND basis = '{{basis}}' AND segment = 'UCJ'""",
    "segments": f"SELECT segment, active_workers FROM {COVERAGE} {WORKERS} AND segment NOT IN ('UCJ', 'ALL')",
    "change": f"""WITH moved AS (SELECT * FROM {MOVEMENT} {WORKERS} AND segment = 'UCJ'),
        before AS (
            SELECT active_workers FROM {COVERAGE} WHERE fact.region_code = '{{province}}' AND basis = '{{basis}}' AND segment = 'UCJ'
                AND fact.month = DATE '{{month}}' - INTERVAL 1 MONTH
        )
        SELECT '1 Koreksi', previous_workers - (SELECT active_workers FROM before) FROM moved
        UNION ALL SELECT '2 Baru', joined_workers FROM moved
        UNION ALL SELECT '3 Kembali', returned_workers FROM moved
        UNION ALL SELECT '4 Pindah masuk', moved_in_workers FROM moved
        UNION ALL SELECT '5 Pindah keluar', -moved_out_workers FROM moved
        UNION ALL SELECT '6 Keluar', -left_workers FROM moved""",
    "gaps": f"""SELECT region.name, frame, target_ratio, active_workers / eligible_workers, active_workers,
            ceil(round(target_ratio * eligible_workers, 6))::BIGINT, ceil(round(target_ratio * eligible_workers, 6))::BIGINT - active_workers
        FROM {COVERAGE} {HERE} JOIN mart.fact_target AS target ON target.region_code = fact.region_code AND target.superseded_at IS NULL
        WHERE fact.month = '{{month}}' AND target.year = year(fact.month) AND basis = '{{basis}}' AND segment = 'UCJ'""",
    "programmes": f"SELECT programme, active_workers FROM {_facts('programme_coverage')} {WORKERS} AND segment = 'UCJ'",
    "claims": """SELECT said.as_of, region.name, said.coverage_ratio_stated, said.workers_covered,
            judged.our_active_workers / judged.our_eligible_workers, judged.verdict, judged.why_id
        FROM mart.fact_published_figure AS said JOIN mart.claim_check AS judged USING (row_id)
        LEFT JOIN mart.dim_region AS region ON region.region_code = said.region_code
        WHERE said.superseded_at IS NULL AND judged.verdict <> 'NOT_CHECKABLE'""",
    "obliged": f"SELECT sum(obliged_employers)::BIGINT {EMPLOYERS}",
    "compliant": f"SELECT sum(compliant_employers)::BIGINT {EMPLOYERS}",
    "compliance_ratio": f"SELECT sum(compliant_employers) / sum(obliged_employers) {EMPLOYERS}",
    "unregistered": f"SELECT sum(obliged_employers - registered_employers)::BIGINT {EMPLOYERS}",
    "arrears": f"SELECT sum(arrears_idr)::BIGINT FROM {ARREARS} {HERE} {REGENCIES}",
    "findings": f"""SELECT 'Wajib belum daftar', sum(unregistered_employers)::BIGINT {EMPLOYERS}
        UNION ALL SELECT 'Daftar sebagian tenaga kerja', sum(workers_missing_employers)::BIGINT {EMPLOYERS}
        UNION ALL SELECT 'Daftar sebagian upah', sum(wage_below_minimum_employers)::BIGINT {EMPLOYERS}
        UNION ALL SELECT 'Daftar sebagian program', sum(programme_missing_employers)::BIGINT {EMPLOYERS}
        UNION ALL SELECT 'Terlambat bayar', sum(late_employers)::BIGINT {EMPLOYERS}""",
    "compliance_by_regency": f"SELECT region.name, sum(compliant_employers) / sum(obliged_employers) {EMPLOYERS} GROUP BY ALL",
    "by_scale": f"SELECT scale, sum(registered_employers)::BIGINT, sum(unregistered_employers)::BIGINT {EMPLOYERS} GROUP BY ALL",
    "by_sector": f"""SELECT sector || ' ' || trim(string_split(replace(name_id, ';', ','), ',')[1]),
            sum(registered_employers)::BIGINT, sum(unregistered_employers)::BIGINT
        FROM {COMPLIANCE} {HERE} JOIN mart.dim_sector USING (sector) {REGENCIES} GROUP BY ALL""",
    "premium": f"""SELECT strftime(month, '%Y-%m'), sum(due_idr) / 1000000000, sum(billed_idr) / 1000000000, sum(paid_idr) / 1000000000
        FROM {PREMIUM} {HERE} GROUP BY ALL""",
    "ageing": f"""WITH owed AS (SELECT arrears_class, sum(arrears_idr)::BIGINT AS idr FROM {ARREARS} {HERE} {REGENCIES} GROUP BY ALL),
        counted AS (
            SELECT sum(arrears_current_employers) AS a, sum(arrears_substandard_employers) AS b, sum(arrears_bad_employers) AS c,
                sum(arrears_contingent_employers) AS d {EMPLOYERS}
        )
        SELECT '1 Lancar: 1-3 bulan', a::BIGINT, idr FROM owed, counted WHERE arrears_class = 'LANCAR'
        UNION ALL SELECT '2 Kurang lancar: 4-6 bulan', b::BIGINT, idr FROM owed, counted WHERE arrears_class = 'KURANG_LANCAR'
        UNION ALL SELECT '3 Macet: 7-9 bulan', c::BIGINT, idr FROM owed, counted WHERE arrears_class = 'MACET'
        UNION ALL SELECT '4 Kontinjensi: > 9 bulan', d::BIGINT, idr FROM owed, counted WHERE arrears_class = 'KONTINJENSI'""",
    "benefit": f"SELECT programme, sum(paid_idr) / 1000000000 FROM {BENEFIT} {HERE} {REGENCIES} GROUP BY ALL",
    "budgets": f"""SELECT year, region.name, source.name_id, sum(budget_idr)::BIGINT, sum(spent_idr)::BIGINT, sum(spent_idr) / sum(budget_idr)
        FROM mart.fact_budget AS fact {HERE} JOIN mart.dim_funding_source AS source USING (funding_source)
        WHERE superseded_at IS NULL GROUP BY ALL""",
}  # fmt: skip


def opinion(file: Path, chart: str) -> Rows:
    """Return what `chart` must show with the filters as the dashboard opens, from the facts of the DuckDB file."""
    return comparable(query(file, OPINIONS[chart].format(province=PROVINCE, month=MONTH, basis=BASIS)).rows())


def comparable(rows: Rows) -> Rows:
    """Return the rows in one order, numbers rounded to nine digits behind the point, and days as text."""
    return sorted((tuple(map(_plain, row)) for row in rows), key=repr)


def _plain(value: object) -> object:
    return round(float(value), 9) if isinstance(value, int | float) else None if value is None else str(value)
