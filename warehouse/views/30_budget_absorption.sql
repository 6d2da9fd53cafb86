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
    ${unspent_idr},
    budget.absorption_ratio,
    budget.budget_workers,
    budget.budget_per_worker_idr,
    premium.yearly_premium_idr,
    ${workers_yearly_idr},
    ${workers_paid_for}
FROM mart.fact_budget AS budget
LEFT JOIN mart.dim_region AS region ON region.region_code = budget.region_code
LEFT JOIN mart.dim_funding_source AS source ON source.funding_source = budget.funding_source
LEFT JOIN mart.fact_minimum_premium AS premium ON premium.year = budget.year AND premium.superseded_at IS NULL
WHERE budget.superseded_at IS NULL;
