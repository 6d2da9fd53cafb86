CREATE OR REPLACE VIEW mart.claim_check AS
WITH first_finding AS (
    SELECT *
    FROM mart.claim_finding
    QUALIFY row_number() OVER (PARTITION BY row_id ORDER BY turn, why_en) = 1
),
noted AS (
    SELECT
        claim.*,
        first_finding.verdict,
        first_finding.finding,
        first_finding.why_id,
        first_finding.why_en,
        ours.workers AS our_active_workers,
        ours.eligible_workers AS our_eligible_workers,
        ${our_ratio},
        ours.month AS our_month,
        ours.as_of_date AS our_as_of_date,
        ours.basis AS our_basis,
        ours.segment AS our_segment,
        ours.workforce_source,
        ours.workforce_period,
        first_finding.turn < 50 AS is_of_its_own_numbers,
        format('{:,}', ours.workers) || coalesce(format(' / {:,} = {:.2f}%', ours.eligible_workers, 100 * our_ratio), '') AS our_text,
        coverage_ratio_stated > 1 OR coverage_ratio_computed > 1 AS is_above_one,
        claim.segment IN ('PU', 'BPU', 'JAKON', 'PMI') OR claim.is_vulnerable_only AS is_of_a_part
    FROM mart.claim_arithmetic AS claim
    INNER JOIN first_finding USING (row_id)
    LEFT JOIN mart.claim_figure AS ours
        ON ours.row_id = claim.row_id AND ours.is_known AND ours.is_of_its_basis AND ours.is_of_its_segment
)
SELECT
    row_id,
    as_of,
    as_of_basis,
    level,
    region_code,
    region_name,
    scope,
    coverage_ratio_stated,
    workers_covered,
    denominator_stated,
    denominator_label,
    target_ratio_stated,
    target_year,
    target_workers,
    gap_workers,
    budget_idr,
    premium_idr_month,
    verdict,
    finding,
    why_id
    || if(is_above_one, ' Di atas 100%: penyebutnya menghitung orang lain atau terlalu sedikit.', '')
    || if(is_of_a_part, ' Ruang lingkupnya hanya "' || scope || '": jangan dibandingkan dengan target UCJ.', '')
    || if(is_of_its_own_numbers, coalesce(' Angka kami hari itu: ' || translate(our_text, ',.', '.,') || '.', ''), '') AS why_id,
    why_en
    || if(is_above_one, ' Above 100%: the denominator counts other people, or too few.', '')
    || if(is_of_a_part, ' Its scope is only "' || scope || '": do not hold it against a UCJ target.', '')
    || if(is_of_its_own_numbers, coalesce(' Our figure that day: ' || our_text || '.', ''), '') AS why_en,
    coverage_ratio_computed,
    implied_denominator_from_coverage,
    implied_denominator_from_target,
    implied_annual_premium_idr,
    implied_gap_workers,
    our_active_workers,
    our_eligible_workers,
    our_ratio,
    our_month,
    our_as_of_date,
    our_basis,
    our_segment,
    workforce_source,
    workforce_period,
    source_url
FROM noted;
