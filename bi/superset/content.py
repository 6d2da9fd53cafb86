"""The two dashboards: Cakupan (coverage) and Kepatuhan (compliance)."""

from __future__ import annotations

from bi.superset.charts import bars, big_number, line, table, waterfall
from bi.superset.dashboards import Dashboard, Filter, Row

PROVINCE = ("level", "==", "province")
REGENCY = ("level", "==", "regency")
UCJ = ("segment", "==", "UCJ")
ONE_SEGMENT = ("segment", "IN", ["PU", "BPU", "JAKON", "PMI"])
PERCENT, WHOLE, BILLION = ".1%", ",d", ",.1f"

ACTIVE = big_number(
    "active", "Pekerja aktif / Active workers", "coverage", "only_active_workers", WHOLE,
    "UCJ: PU + BPU + JAKON", PROVINCE, UCJ,
)  # fmt: skip
ELIGIBLE = big_number(
    "eligible", "Pekerja layak / Eligible", "coverage", "only_eligible_workers", WHOLE,
    "penyebut / denominator", PROVINCE, UCJ,
)  # fmt: skip
COVERAGE = big_number(
    "coverage", "Cakupan UCJ / UCJ coverage", "coverage", "rate_coverage_ratio", PERCENT,
    "aktif / layak", PROVINCE, UCJ,
)  # fmt: skip
SOURCE = table(
    "denominator", "Asal angka / Source", "coverage",
    ("workforce_source", "workforce_period", "as_of_date"), (), "Source and survey period of the denominator, and the day of the data.",
    PROVINCE, UCJ,
)  # fmt: skip
BY_REGENCY = bars(
    "coverage_by_regency", "Cakupan UCJ per kabupaten/kota / UCJ coverage by regency", "coverage", "region_name",
    ("rate_coverage_ratio",), PERCENT, "Regencies of the province by UCJ coverage, on the basis chosen.", REGENCY, UCJ,
    ("eligible_workers", "IS NOT NULL", None), lying=True, by_value=True, legend=False,
)  # fmt: skip
LEAGUE = table(
    "league", "Peringkat, menurut domisili / League table, by residence", "league_table", ("region_name",),
    ("only_rank_in_province", "only_active_workers", "only_eligible_workers", "rate_coverage_ratio", "only_rank_in_nation"),
    "Rank by UCJ coverage, by residence, with numerator and denominator.", by="only_rank_in_province", ascending=True,
    forms={"rate_coverage_ratio": PERCENT, "only_active_workers": WHOLE, "only_eligible_workers": WHOLE},
)  # fmt: skip
TREND = line(
    "trend", "Cakupan UCJ per bulan / UCJ coverage by month", "coverage", "year_month", "rate_coverage_ratio", PERCENT,
    "UCJ coverage of the province, every month loaded.", PROVINCE, UCJ,
)  # fmt: skip
SEGMENTS = bars(
    "segments", "Pekerja aktif per segmen / Active workers by segment", "coverage", "segment", ("only_active_workers",), WHOLE,
    "Workers of each segment; a worker in two segments is in both, so segments do not add up to UCJ.", PROVINCE, ONE_SEGMENT,
    legend=False, by_value=True,
)  # fmt: skip
CHANGE = waterfall(
    "change", "Perubahan sejak bulan lalu / Change since the month before", "month_bridge_steps", "step", "only_workers", WHOLE,
    "What the month before was corrected by, who joined, returned, moved and left: they add up to the change.", PROVINCE, UCJ,
)  # fmt: skip
GAPS = table(
    "gaps", "Jarak ke target / Gap to the targets", "coverage_gap", ("region_name", "frame", "target_ratio"),
    ("rate_coverage_ratio", "only_active_workers", "only_target_workers_computed", "only_workers_missing"),
    "UCJ workers missing to each target; frames are never mixed. Negative: the target is passed.", by="only_workers_missing",
    forms={"target_ratio": PERCENT, "rate_coverage_ratio": PERCENT, "only_active_workers": WHOLE, "only_workers_missing": WHOLE,
           "only_target_workers_computed": WHOLE},
)  # fmt: skip
PROGRAMMES = bars(
    "programmes", "Pekerja per program / Workers by programme", "programme_coverage", "programme", ("only_active_workers",), WHOLE,
    "UCJ workers who hold each programme; a worker holds several.", PROVINCE, UCJ, legend=False, by_value=True,
)  # fmt: skip
CLAIMS = table(
    "claims", "Angka yang dipublikasikan, tanpa saringan / Published figures, not filtered", "claim_check",
    ("as_of", "region_name", "coverage_ratio_stated", "workers_covered", "our_ratio", "verdict", "why_id"), (),
    "What was printed about coverage anywhere, and what holds of it.",
    ("verdict", "NOT IN", ["NOT_CHECKABLE"]), by="as_of", forms={"coverage_ratio_stated": PERCENT, "our_ratio": PERCENT, "workers_covered": WHOLE},
)  # fmt: skip

OBLIGED = big_number(
    "obliged", "Wajib / Obliged", "compliance", "sum_obliged_employers", WHOLE, "penyebut / denominator",
)  # fmt: skip
COMPLIANT = big_number(
    "compliant", "Patuh / Compliant", "compliance", "sum_compliant_employers", WHOLE, "tanpa temuan",
)  # fmt: skip
RATIO = big_number(
    "compliance_ratio", "Rasio / Ratio", "compliance", "rate_compliance_ratio", PERCENT, "patuh / wajib",
)  # fmt: skip
UNREGISTERED = big_number(
    "unregistered", "Belum daftar / Unregistered", "compliance", "sum_unregistered_employers", WHOLE, "PWBD",
)  # fmt: skip
ARREARS = big_number(
    "arrears", "Piutang, Rp / Arrears, IDR", "arrears", "sum_arrears_idr", WHOLE, "sampai bulan ini, tanpa yang disembunyikan",
)  # fmt: skip
FINDINGS = bars(
    "findings", "Temuan per jenis / Findings by type", "compliance_findings", "finding", ("sum_employers",), WHOLE,
    "Employers with each finding; an employer may have several, so findings do not add up.", lying=True, by_value=True, legend=False,
)  # fmt: skip
RATIO_BY_REGENCY = bars(
    "compliance_by_regency", "Kepatuhan per kabupaten/kota / Compliance by regency", "compliance", "region_name",
    ("rate_compliance_ratio",), PERCENT, "Compliant employers over obliged ones, by regency.", lying=True, by_value=True, legend=False,
)  # fmt: skip
BY_SCALE = bars(
    "by_scale", "Pemberi kerja per skala / Employers by scale", "compliance", "scale",
    ("sum_registered_employers", "sum_unregistered_employers"), WHOLE,
    "Registered and unregistered employers add up to the obliged ones.", lying=True, stacked=True, by_value=True,
)  # fmt: skip
BY_SECTOR = bars(
    "by_sector", "Pemberi kerja per lapangan usaha / Employers by sector", "compliance", "sector_name",
    ("sum_registered_employers", "sum_unregistered_employers"), WHOLE,
    "Registered and unregistered employers by KBLI section.", lying=True, stacked=True, by_value=True,
)  # fmt: skip
PREMIUM = bars(
    "premium", "Iuran per bulan, miliar Rp / Contributions by month, billion IDR", "premium", "year_month",
    ("billion_due_idr", "billion_billed_idr", "billion_paid_idr"), BILLION,
    "Due by the rules, billed and paid. A month is paid after it ends: the newest one is paid in part.",
)  # fmt: skip
AGEING = table(
    "ageing", "Umur piutang / Arrears by age", "arrears_ageing", ("class_name",), ("sum_employers", "sum_arrears_idr"),
    "LANCAR 1 to 3 months, KURANG_LANCAR 4 to 6, MACET 7 to 9, KONTINJENSI over 9.", forms={"sum_employers": WHOLE, "sum_arrears_idr": WHOLE},
    by="class_name", ascending=True,
)  # fmt: skip
BENEFIT = bars(
    "benefit", "Manfaat, miliar Rp / Benefits", "benefit", "programme", ("billion_paid_idr",), BILLION,
    "Benefits paid in the month, by programme.", legend=False, by_value=True,
)  # fmt: skip
BUDGETS = table(
    "budgets", "Serapan anggaran / Budget absorption", "budget_absorption", ("year", "region_name", "funding_source_name"),
    ("sum_budget_idr", "sum_spent_idr", "rate_absorption_ratio"),
    "Budgets for contributions of the year beside what was paid; not filtered by month.",
    forms={"sum_budget_idr": WHOLE, "sum_spent_idr": WHOLE, "rate_absorption_ratio": PERCENT, "year": "d"},
)  # fmt: skip

CAKUPAN = Dashboard(
    "cakupan", "Cakupan / Coverage",
    "**Satu tingkat wilayah, satu dasar, satu bulan.** Orang dihitung sekali di setiap tingkat: angka orang tidak pernah dijumlahkan."
    " RESIDENCE: domisili, WORKPLACE: tempat kerja. Angka yang kosong disembunyikan atau belum ada.\n\n"
    "*One level, one basis, one month. A person counts once at every level, so figures of persons are never added up."
    " An empty figure is hidden or not known.*",
    (
        Row(22, ((ACTIVE, 3), (ELIGIBLE, 3), (COVERAGE, 3), (SOURCE, 3))),
        Row(60, ((BY_REGENCY, 5), (LEAGUE, 7))),
        Row(42, ((TREND, 3), (SEGMENTS, 4), (CHANGE, 5))),
        Row(50, ((GAPS, 8), (PROGRAMMES, 4))),
        Row(50, ((CLAIMS, 12),)),
    ),
    (
        Filter("province_name", "Provinsi / Province", "Satu provinsi / one province.", "coverage"),
        Filter("year_month", "Bulan / Month", "Satu bulan / one month.", "coverage", newest_first=True, spared=("trend", "claims")),
        Filter(
            "basis", "Dasar / Basis", "RESIDENCE: domisili. WORKPLACE: tempat kerja.", "coverage", default="RESIDENCE",
            spared=("league", "claims"),
        ),
    ),
)  # fmt: skip
KEPATUHAN = Dashboard(
    "kepatuhan", "Kepatuhan / Compliance",
    "**Pemberi kerja menurut tempat kerja.** Jumlah boleh dijumlahkan antar kabupaten/kota, tidak antar bulan; satu pemberi kerja dapat"
    " memiliki beberapa temuan. Jumlah rupiah tidak memuat sel yang disembunyikan.\n\n"
    "*Employers by workplace. Counts add up over regencies, never over months; an employer may have several findings."
    " Sums of rupiah leave hidden cells out.*",
    (
        Row(22, ((OBLIGED, 2), (COMPLIANT, 2), (RATIO, 2), (UNREGISTERED, 3), (ARREARS, 3))),
        Row(48, ((FINDINGS, 6), (RATIO_BY_REGENCY, 6))),
        Row(60, ((BY_SECTOR, 8), (BY_SCALE, 4))),
        Row(44, ((PREMIUM, 6), (AGEING, 3), (BENEFIT, 3))),
        Row(48, ((BUDGETS, 12),)),
    ),
    (
        Filter("province_name", "Provinsi / Province", "Satu provinsi / one province.", "compliance"),
        Filter("year_month", "Bulan / Month", "Satu bulan / one month.", "compliance", newest_first=True, spared=("premium", "budgets")),
    ),
)  # fmt: skip
DASHBOARDS = (CAKUPAN, KEPATUHAN)
