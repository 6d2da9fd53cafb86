CREATE OR REPLACE VIEW mart.claim_own_finding AS
WITH claim AS (
    SELECT
        *,
        format('{:g}%', 100 * coverage_ratio_stated) AS coverage_text,
        format('{:g}%', 100 * target_ratio_stated) AS target_text,
        format('{:,}', workers_covered) AS workers_text
    FROM mart.claim_arithmetic
),
gap AS (
    -- Workers to the target, or to everyone; the lists are often of another day, so a tenth of a percent point of room.
    SELECT
        row_id,
        coalesce(denominator_low, from_coverage_low, from_target_low) AS low,
        coalesce(denominator_high, from_coverage_high, from_target_high) AS high,
        gap_low + workers_low - 0.0005 * coalesce(any_denominator, target_workers) AS reached_low,
        gap_high + workers_high + 0.0005 * coalesce(any_denominator, target_workers) AS reached_high
    FROM claim
),
explained AS (
    -- Whether workers and gap together make what they should; empty where the claim does not say enough.
    SELECT
        claim.row_id,
        (gap.reached_high >= gap.low AND gap.reached_low <= gap.high)
        OR coalesce(gap.reached_high >= claim.target_workers_low AND gap.reached_low <= claim.target_workers_high, FALSE)
        OR coalesce(gap.reached_high >= claim.target_low * gap.low AND gap.reached_low <= claim.target_high * gap.high, FALSE)
        AS is_explained
    FROM claim
    INNER JOIN gap USING (row_id)
),
package AS (
    SELECT year, yearly_premium_idr
    FROM mart.fact_minimum_premium
    WHERE superseded_at IS NULL
)
SELECT
    row_id,
    10 AS turn,
    'more_than_inhabitants' AS finding,
    'INCONSISTENT_IN_ITSELF' AS verdict,
    '{0} is said of workers, but only {1} people live in {6}: a number of another region, or rupiah.' AS en,
    '{0} disebut sebagai jumlah pekerja, padahal penduduk {6} hanya {1}: angka wilayah lain, atau rupiah.' AS id,
    [
        format('{:,}', greatest(workers_covered, denominator_stated, target_workers, gap_workers)), format('{:,}', population)
    ] AS numbers,
    [region_name] AS names
FROM claim
WHERE greatest(workers_covered, denominator_stated, target_workers, gap_workers) > population
UNION ALL
SELECT
    claim.row_id, 5, 'gap_is_money', 'INCONSISTENT_IN_ITSELF',
    'The gap of {0} is rupiah and no number of workers: it is '
    || CASE
        WHEN gap_workers IN (premium_idr_month, yearly_premium_idr // 12) THEN 'the premium of a month.'
        WHEN gap_workers IN (premium_idr_month * 12, yearly_premium_idr) THEN 'the premium of a year.'
        WHEN gap_workers = budget_idr THEN 'the budget.'
        ELSE 'what contributions cost at Rp {1} a month.'
    END,
    'Kekurangan {0} adalah rupiah, bukan jumlah pekerja: itu '
    || CASE
        WHEN gap_workers IN (premium_idr_month, yearly_premium_idr // 12) THEN 'iuran sebulan.'
        WHEN gap_workers IN (premium_idr_month * 12, yearly_premium_idr) THEN 'iuran setahun.'
        WHEN gap_workers = budget_idr THEN 'anggarannya.'
        ELSE 'biaya iuran dengan Rp {1} sebulan.'
    END,
    [format('{:,}', gap_workers), format('{:,}', premium_idr_month)], []
FROM claim
LEFT JOIN explained USING (row_id)
LEFT JOIN package ON package.year = year(claim.as_of_last_day)
WHERE gap_workers IN (
        premium_idr_month, premium_idr_month * 12, budget_idr, implied_annual_premium_idr,
        implied_gap_workers::HUGEINT * premium_idr_month, implied_gap_workers::HUGEINT * premium_idr_month * 12,
        workers_covered::HUGEINT * premium_idr_month
    )
    OR (gap_workers IN (yearly_premium_idr // 12, yearly_premium_idr) AND NOT coalesce(is_explained, FALSE))
UNION ALL
SELECT
    row_id, 20, 'says_share_of_target', 'PERCENT_OF_TARGET',
    CASE
        WHEN target_ratio_stated IS NULL THEN '{0} is a share of the target and not of the workers: it cannot stand beside a coverage.'
        ELSE '{0} is a share of the target and not of the workers: of a target of {1} it is a coverage of {2}.'
    END,
    CASE
        WHEN target_ratio_stated IS NULL THEN '{0} adalah persen dari target, bukan dari pekerja: jangan dibandingkan dengan cakupan.'
        ELSE '{0} adalah persen dari target, bukan dari pekerja: dari target {1} berarti cakupan {2}.'
    END,
    [coverage_text, target_text, format('{:.2f}%', 100 * coverage_ratio_stated * target_ratio_stated)], []
FROM claim
WHERE is_share_of_target AND coverage_ratio_stated IS NOT NULL
UNION ALL
SELECT
    row_id, 21, 'own_share_of_target', 'PERCENT_OF_TARGET',
    '{0} is a share of the target and not of the workers: {1} of {2} workers are {3}, and that is {0} of the target of {4}.',
    '{0} adalah persen dari target, bukan dari pekerja: {1} dari {2} pekerja adalah {3}, yaitu {0} dari target {4}.',
    [
        coverage_text, workers_text, format('{:,}', denominator_stated), format('{:.2f}%', 100 * coverage_ratio_computed),
        target_text
    ],
    []
FROM claim
WHERE coverage_ratio_computed / nullif(target_ratio_stated, 0) BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
    AND coverage_ratio_computed NOT BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
UNION ALL
SELECT
    row_id, 22, 'own_share_of_target', 'PERCENT_OF_TARGET',
    '{0} is a share of the target and not of all workers: {1} are {0} of the {2} workers of the target.',
    '{0} adalah persen dari target, bukan dari semua pekerja: {1} adalah {0} dari target {2} pekerja.',
    [coverage_text, workers_text, format('{:,}', target_workers)], []
FROM claim
WHERE workers_covered / nullif(target_workers, 0) BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
    AND coalesce(target_ratio_stated, 0) < 1
    AND coalesce(coverage_ratio_computed NOT BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9, TRUE)
UNION ALL
SELECT
    row_id, 31, 'share_is_another', 'INCONSISTENT_IN_ITSELF',
    '{0} of {1} workers are {2}, but {3} is printed, which would be {4} workers.'
    || if(
        coverage_ratio_computed < 0.8 * coverage_ratio_stated AND level <> 'regency',
        ' Perhaps the workers of one branch over those of the whole region.', ' Ask which of the numbers is of another day, scope or area.'
    ),
    '{0} dari {1} pekerja adalah {2}, tetapi tercetak {3}, yang berarti {4} pekerja.'
    || if(
        coverage_ratio_computed < 0.8 * coverage_ratio_stated AND level <> 'regency',
        ' Mungkin pekerja satu kantor cabang dibandingkan dengan pekerja seluruh wilayah.',
        ' Tanyakan angka mana yang berasal dari hari, ruang lingkup, atau wilayah lain.'
    ),
    [
        workers_text, format('{:,}', denominator_stated), format('{:.2f}%', 100 * coverage_ratio_computed), coverage_text,
        format('{:,}', try_cast(round(coverage_ratio_stated * denominator_stated) AS BIGINT))
    ],
    []
FROM claim
WHERE workers_high / nullif(denominator_low, 0) < coverage_low - 1e-9
    OR workers_low / nullif(denominator_high, 0) > coverage_high + 1e-9
UNION ALL
SELECT
    row_id, 32, 'two_denominators', 'INCONSISTENT_IN_ITSELF',
    'Two denominators in one article: the coverage '
    || if(denominator_stated IS NULL, 'of {0} implies {1} eligible workers', 'is of {1} workers')
    || ', the target of {2} implies {3}'
    || if(workers_covered IS NULL, '.', '; of these the {4} workers are {5}.'),
    'Dua penyebut dalam satu berita: cakupan '
    || if(denominator_stated IS NULL, '{0} berarti {1} pekerja layak', 'dihitung dari {1} pekerja')
    || ', target {2} berarti {3}'
    || if(workers_covered IS NULL, '.', '; dari jumlah itu {4} pekerja adalah {5}.'),
    [
        coverage_text, format('{:,}', first_denominator), target_text, format('{:,}', implied_denominator_from_target),
        workers_text, format('{:.2f}%', 100 * workers_covered / implied_denominator_from_target)
    ],
    []
FROM claim
WHERE target_is_of_its_year AND (first_high < from_target_low OR first_low > from_target_high)
UNION ALL
SELECT
    row_id, 33, 'gap_does_not_follow', 'INCONSISTENT_IN_ITSELF',
    'The gap of {0} does not follow from its own numbers: '
    || if(implied_gap_workers IS NULL, '', '{1} workers are missing to the target, ')
    || '{2} to all eligible workers.',
    'Kekurangan {0} tidak sesuai dengan angkanya sendiri: '
    || if(implied_gap_workers IS NULL, '', 'kurang {1} pekerja untuk mencapai target, ')
    || '{2} untuk semua pekerja layak.',
    [format('{:,}', gap_workers), format('{:,}', implied_gap_workers), format('{:,}', any_denominator - workers_covered)], []
FROM claim
INNER JOIN explained USING (row_id)
WHERE NOT is_explained;
