CREATE OR REPLACE VIEW mart.budget_absorption AS
SELECT
    budget.region_code,
    region.name AS region_name,
    region.level,
    region.province_code,
    region.province_name,
    budget.year,
    budget.funding_source,
    source.name_id AS funding_source_name,
    source.is_government,
    budget.budget_idr,
    budget.spent_idr,
    budget.budget_idr - budget.spent_idr AS unspent_idr,
    budget.absorption_ratio,
    budget.budget_workers,
    premium.yearly_premium_idr,
    budget.budget_workers * premium.yearly_premium_idr AS workers_yearly_idr,
    budget.budget_idr // premium.yearly_premium_idr AS workers_paid_for
FROM mart.fact_budget AS budget
LEFT JOIN mart.dim_region AS region ON region.region_code = budget.region_code
LEFT JOIN mart.dim_funding_source AS source ON source.funding_source = budget.funding_source
LEFT JOIN mart.fact_minimum_premium AS premium ON premium.year = budget.year AND premium.superseded_at IS NULL
WHERE budget.superseded_at IS NULL;

COMMENT ON VIEW mart.budget_absorption IS
'Budgets for contributions as they stand, one row per regency, year and funding source: budget_idr beside spent_idr, what was paid for the months of the year known so far; unspent_idr is negative and absorption_ratio (a fraction, recompute it from its parts) above 1 when more was paid than budgeted. budget_idr is empty where a public source was billed and no budget was delivered, spent_idr while no contributions of the year were. yearly_premium_idr is what one own-account worker costs for a whole year at the lowest contribution by law (mart.fact_minimum_premium): workers_yearly_idr = budget_workers x that, workers_paid_for = the whole workers that the budget pays for a whole year. Amounts add up over regencies and funding sources.';
