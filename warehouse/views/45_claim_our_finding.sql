CREATE OR REPLACE VIEW mart.claim_our_finding AS
WITH claim AS (
    SELECT
        *,
        format('{:g}%', 100 * coverage_ratio_stated) AS coverage_text,
        format('{:g}%', 100 * target_ratio_stated) AS target_text,
        format('{:,}', workers_covered) AS workers_text
    FROM mart.claim_arithmetic
),
ours AS (
    SELECT *
    FROM mart.claim_figure
    WHERE is_known AND is_of_its_basis AND is_of_its_segment
),
target AS (
    SELECT region_code, year, target_ratio, frame || ' ' || year AS target_name
    FROM mart.fact_target
    WHERE superseded_at IS NULL
    UNION ALL
    SELECT NULL, NULL, NULL, NULL
),
denominator AS (
    SELECT *
    FROM mart.denominator
    WHERE workforce_source NOT LIKE 'IMPLIED_BY_CLAIM %'
)
SELECT
    row_id,
    50 AS turn,
    'agrees' AS finding,
    'AGREES' AS verdict,
    'Agrees with what we knew that day of month {6} as of {7}: {0} workers'
    || if(ratio IS NULL, '.', ', {1} of {2} eligible ({8}).')
    || if(workers_covered <> workers, ' The claim is rounded.', '') AS en,
    'Sesuai dengan yang kami ketahui hari itu tentang bulan {6} per {7}: {0} pekerja'
    || if(ratio IS NULL, '.', ', {1} dari {2} pekerja layak ({8}).')
    || if(workers_covered <> workers, ' Angka berita dibulatkan.', '') AS id,
    [format('{:,}', workers), format('{:.2f}%', 100 * ratio), format('{:,}', eligible_workers)] AS numbers,
    [strftime(month, '%Y-%m'), as_of_date::VARCHAR, workforce_source || ' ' || workforce_period] AS names
FROM ours
INNER JOIN claim USING (row_id)
WHERE agrees
UNION ALL
SELECT
    near.row_id, 51, 'another_date', 'OTHER_DATE',
    'Not what we knew that day'
    || if(ours.workers IS NULL, ' (no figure)', ' ({2} workers, {3})')
    || ', but our figure of month {6} as of {7}: {0} workers, {1}.',
    'Bukan yang kami ketahui hari itu'
    || if(ours.workers IS NULL, ' (belum ada angka)', ' ({2} pekerja, {3})')
    || ', melainkan angka kami bulan {6} per {7}: {0} pekerja, {1}.',
    [
        format('{:,}', near.workers), format('{:.2f}%', 100 * near.ratio),
        format('{:,}', ours.workers), format('{:.2f}%', 100 * ours.ratio)
    ],
    [strftime(near.month, '%Y-%m'), near.as_of_date::VARCHAR]
FROM mart.claim_figure AS near
LEFT JOIN ours USING (row_id)
WHERE near.agrees AND NOT near.is_known AND near.is_of_its_basis AND near.is_of_its_segment
QUALIFY row_number() OVER (PARTITION BY near.row_id ORDER BY near.days_away, near.month DESC, near.as_of_date) = 1
UNION ALL
SELECT
    other.row_id, 52, 'another_basis', 'OTHER_BASIS',
    'Counted on another basis: {0} workers, {1}, are ours by {6}; by {7} it is {2} workers, {3}.',
    'Dihitung dengan dasar lain: {0} pekerja, {1}, adalah angka kami menurut {6}; menurut {7} adalah {2} pekerja, {3}.',
    [
        format('{:,}', other.workers), format('{:.2f}%', 100 * other.ratio),
        format('{:,}', ours.workers), format('{:.2f}%', 100 * ours.ratio)
    ],
    [other.basis, if(other.basis = 'RESIDENCE', 'WORKPLACE', 'RESIDENCE')]
FROM mart.claim_figure AS other
LEFT JOIN ours USING (row_id)
WHERE other.agrees AND other.is_known AND other.is_of_its_segment AND NOT other.is_of_its_basis
UNION ALL
SELECT
    other.row_id, 53, 'another_scope', 'OTHER_BASIS',
    'Counted in another scope: {0} workers are ours of {6}; {7} are {1}. The scopes must not be compared.',
    'Dihitung dengan ruang lingkup lain: {0} pekerja adalah angka kami untuk {6}; {7} adalah {1}. Jangan dibandingkan.',
    [format('{:,}', other.workers), format('{:,}', ours.workers)], [other.segment, ours.segment]
FROM mart.claim_figure AS other
INNER JOIN ours USING (row_id)
INNER JOIN claim USING (row_id)
WHERE other.is_known
    AND other.is_of_its_basis
    AND NOT other.is_of_its_segment
    AND other.workers_fit
    AND NOT ours.workers_fit
    AND workers_high - workers_low < 0.01 * workers_covered
QUALIFY row_number() OVER (PARTITION BY other.row_id ORDER BY other.segment = 'ALL', other.segment) = 1
UNION ALL
SELECT
    claim.row_id, 54, 'another_denominator', 'OTHER_DENOMINATOR',
    'The share has another denominator: {0} workers of {1} ({6}) are {2}; of ours, {3} ({7}), they are {4}.',
    'Penyebutnya lain: {0} pekerja dari {1} ({6}) adalah {2}; dari penyebut kami, {3} ({7}), adalah {4}.',
    [
        format('{:,}', ours.workers), format('{:,}', denominator.eligible_workers),
        format('{:.2f}%', 100 * ours.workers / denominator.eligible_workers),
        format('{:,}', ours.eligible_workers), format('{:.2f}%', 100 * ours.ratio)
    ],
    [
        concat_ws(' ', denominator.workforce_source, denominator.workforce_period),
        concat_ws(' ', ours.workforce_source, ours.workforce_period)
    ]
FROM claim
INNER JOIN ours USING (row_id)
INNER JOIN denominator ON denominator.region_code = claim.region_code
WHERE claim.segment IN ('UCJ', 'ALL')
    AND NOT claim.is_vulnerable_only
    AND ours.workers_fit
    AND denominator.eligible_workers <> coalesce(ours.eligible_workers, 0)
    AND coalesce(ours.workers / denominator.eligible_workers BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9, TRUE)
    AND coalesce(denominator.eligible_workers BETWEEN denominator_low AND denominator_high, TRUE)
    AND coalesce(coverage_low, denominator_low) IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY claim.row_id ORDER BY denominator.origin <> 'RELEASE', denominator.released_on DESC, denominator.workforce_source
) = 1
UNION ALL
SELECT
    claim.row_id, 55, 'share_of_target', 'PERCENT_OF_TARGET',
    '{0} is a share of the target and not of the workers: our coverage is {1} ({2} workers), and that is {0} of the target of {3}{6}.',
    '{0} adalah persen dari target, bukan dari pekerja: cakupan kami {1} ({2} pekerja), yaitu {0} dari target {3}{6}.',
    [
        coverage_text, format('{:.2f}%', 100 * ours.ratio), format('{:,}', ours.workers),
        format('{:g}%', 100 * coalesce(target.target_ratio, target_ratio_stated))
    ],
    [coalesce(' (' || target.target_name || ')', '')]
FROM claim
INNER JOIN ours USING (row_id)
INNER JOIN target
    ON target.region_code IS NULL
    OR (target.region_code = claim.region_code AND target.year BETWEEN year(as_of_first_day) AND year(as_of_last_day))
WHERE NOT ours.ratio_fits
    AND (claim.workers_covered IS NULL OR ours.workers_fit)
    AND coalesce(target.target_ratio, target_ratio_stated) < 1
    AND ours.ratio / nullif(coalesce(target.target_ratio, target_ratio_stated), 0)
        BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
QUALIFY row_number() OVER (PARTITION BY claim.row_id ORDER BY target.target_name) = 1
UNION ALL
SELECT
    claim.row_id, 56, 'unknown_denominator', 'OTHER_DENOMINATOR',
    'The workers agree with ours ({0}), the share does not: it takes {1} workers{6}, a number that no release we hold has; ours are {2} ({7}), which gives {3}.',
    'Jumlah pekerja sesuai dengan angka kami ({0}), persennya tidak: penyebutnya {1} pekerja{6}, yang tidak ada dalam rilis kami; penyebut kami {2} ({7}), yaitu {3}.',
    [
        format('{:,}', ours.workers), format('{:,}', first_denominator), format('{:,}', ours.eligible_workers),
        format('{:.2f}%', 100 * ours.ratio)
    ],
    [coalesce(' (' || denominator_label || ')', ''), concat_ws(' ', ours.workforce_source, ours.workforce_period)]
FROM claim
INNER JOIN ours USING (row_id)
WHERE NOT is_share_of_target
    AND NOT ours.agrees
    AND first_denominator IS NOT NULL
    AND CASE
        WHEN workers_covered IS NOT NULL THEN ours.workers_fit
        ELSE ours.workers / nullif(denominator_stated, 0) BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
    END
UNION ALL
SELECT
    claim.row_id, 57, 'share_of_target_by_another_claim', 'PERCENT_OF_TARGET',
    '{0} is probably a share of the target and not of the workers: claim {6} says {1} as of {7}, and that is {0} of the target of {2}{8}.',
    '{0} mungkin persen dari target, bukan dari pekerja: berita {6} menyebut {1} per {7}, yaitu {0} dari target {2}{8}.',
    [
        coverage_text, format('{:.2f}%', 100 * other.ratio),
        format('{:g}%', 100 * coalesce(target.target_ratio, target_ratio_stated))
    ],
    [other.row_id, other.as_of, coalesce(' (' || target.target_name || ')', '')]
FROM claim
INNER JOIN (
    SELECT
        row_id, region_code, as_of, as_of_last_day, workers_covered,
        coalesce(coverage_ratio_computed, coverage_ratio_stated) AS ratio
    FROM claim
    WHERE segment = 'UCJ' AND NOT is_vulnerable_only AND NOT is_share_of_target
) AS other
    ON other.region_code = claim.region_code
    AND other.row_id <> claim.row_id
    AND abs(date_diff('day', other.as_of_last_day, claim.as_of_last_day)) <= 183
INNER JOIN target
    ON target.region_code IS NULL
    OR (target.region_code = claim.region_code AND target.year BETWEEN year(as_of_first_day) AND year(claim.as_of_last_day))
WHERE claim.segment = 'UCJ'
    AND (claim.workers_covered IS NULL OR coalesce(other.workers_covered BETWEEN workers_low AND workers_high, FALSE))
    AND coalesce(target.target_ratio, target_ratio_stated) < 1
    AND other.ratio / nullif(coalesce(target.target_ratio, target_ratio_stated), 0)
        BETWEEN coverage_low - 1e-9 AND coverage_high + 1e-9
QUALIFY row_number() OVER (PARTITION BY claim.row_id ORDER BY target.target_name NULLS FIRST, other.row_id) = 1
UNION ALL
SELECT
    claim.row_id, 90, 'nothing_to_say', 'NOT_CHECKABLE',
    CASE
        WHEN ours.workers IS NOT NULL
            THEN 'Not ours, and no other date, basis, denominator or target that we hold explains it: for month {6} as of {7} we count {0} workers, {1}.'
        ELSE CASE
            WHEN is_checked THEN 'Its own numbers fit together ({2} eligible workers), but '
            WHEN any_denominator IS NOT NULL THEN 'It speaks of {2} eligible workers and says no more to check them by, and '
            ELSE 'It says too little to be held against itself, and '
        END
        || if(claim.segment IS NULL, 'we keep no figure of its scope.', 'we hold no figure of this region and day to compare.')
    END,
    CASE
        WHEN ours.workers IS NOT NULL
            THEN 'Bukan angka kami, dan tidak ada tanggal, dasar, penyebut, atau target lain yang menjelaskannya: untuk bulan {6} per {7} kami mencatat {0} pekerja, {1}.'
        ELSE CASE
            WHEN is_checked THEN 'Angka-angkanya cocok satu sama lain ({2} pekerja layak), tetapi '
            WHEN any_denominator IS NOT NULL THEN 'Penyebutnya {2} pekerja layak tanpa angka lain untuk mengujinya, dan '
            ELSE 'Angkanya terlalu sedikit untuk diuji, dan '
        END
        || if(
            claim.segment IS NULL, 'kami tidak mencatat ruang lingkup ini.', 'kami tidak memiliki angka wilayah dan hari itu sebagai pembanding.'
        )
    END,
    [format('{:,}', ours.workers), format('{:.2f}%', 100 * ours.ratio), format('{:,}', any_denominator)],
    [strftime(ours.month, '%Y-%m'), ours.as_of_date::VARCHAR]
FROM (
    SELECT
        *,
        (workers_covered IS NOT NULL AND coverage_ratio_stated IS NOT NULL AND denominator_stated IS NOT NULL)
        OR (first_denominator IS NOT NULL AND implied_denominator_from_target IS NOT NULL AND target_is_of_its_year)
        OR (workers_covered IS NOT NULL AND any_denominator IS NOT NULL AND gap_workers IS NOT NULL) AS is_checked
    FROM claim
) AS claim
LEFT JOIN ours USING (row_id)
UNION ALL
SELECT
    claim.row_id, 30, 'workers_of_one_regency', 'INCONSISTENT_IN_ITSELF',
    'The {0} workers are those of {7} alone, held against the workers of all of {6} ({1}); in {6} we count {2}.',
    '{0} pekerja itu hanya milik {7}, dibandingkan dengan pekerja seluruh {6} ({1}); di {6} kami mencatat {2}.',
    [workers_text, format('{:,}', first_denominator), format('{:,}', ours.workers)], [region_name, place.name]
FROM claim
INNER JOIN ours USING (row_id)
INNER JOIN mart.dim_region AS place ON place.level = 'regency' AND claim.region_code IN (place.province_code, '00')
INNER JOIN mart.fact_coverage AS part
    ON part.region_code = place.region_code
    AND part.month = ours.month
    AND part.as_of_date = ours.as_of_date
    AND part.segment = ours.segment
    AND part.superseded_at IS NULL
WHERE part.region_code <> claim.region_code
    AND NOT ours.workers_fit
    AND part.active_workers >= workers_low
    AND part.active_workers < workers_high
    AND workers_high - workers_low < 0.01 * workers_covered
    AND first_low > part.eligible_workers
QUALIFY row_number() OVER (PARTITION BY claim.row_id ORDER BY part.active_workers, place.region_code) = 1;
