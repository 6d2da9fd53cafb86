CREATE OR REPLACE VIEW mart.coverage_sentence AS
WITH written AS (
    SELECT
        *,
        CASE basis WHEN 'RESIDENCE' THEN 'berdomisili' ELSE 'bekerja' END AS basis_id,
        CASE basis WHEN 'RESIDENCE' THEN 'living' ELSE 'working' END AS basis_en,
        CASE segment WHEN 'UCJ' THEN 'UCJ: PU, BPU, JAKON' WHEN 'ALL' THEN 'PU, BPU, JAKON, PMI' ELSE segment END AS scope,
        format('{:,}', active_workers) AS active,
        format('{:,}', eligible_workers) AS eligible,
        format('{:.2f}', 100 * coverage_ratio) AS percent,
        concat_ws(' ', workforce_source, workforce_period) AS workforce
    FROM mart.coverage
)
SELECT
    region_code,
    region_name,
    level,
    province_code,
    province_name,
    month,
    as_of_date,
    basis,
    segment,
    format('Per {}, {} pekerja aktif {} di {} ({})', as_of_date, translate(active, ',', '.'), basis_id, region_name, scope)
    || coalesce(
        format(', yaitu {}% dari {} pekerja layak ({})', replace(percent, '.', ','), translate(eligible, ',', '.'), workforce),
        '; penyebutnya belum ada'
    ) || '.' AS sentence_id,
    format('As of {}, {} active workers {} in {} ({})', as_of_date, active, basis_en, region_name, scope)
    || coalesce(format(', {}% of {} eligible workers ({})', percent, eligible, workforce), '; there is no denominator yet')
    || '.' AS sentence_en
FROM written;
