CREATE OR REPLACE VIEW mart.claim_finding AS
WITH finding AS (
    SELECT * FROM mart.claim_own_finding
    UNION ALL BY NAME
    SELECT * FROM mart.claim_our_finding
)
SELECT
    row_id,
    turn,
    finding,
    verdict,
    format(
        id,
        coalesce(translate(numbers[1], ',.', '.,'), '-'), coalesce(translate(numbers[2], ',.', '.,'), '-'),
        coalesce(translate(numbers[3], ',.', '.,'), '-'), coalesce(translate(numbers[4], ',.', '.,'), '-'),
        coalesce(translate(numbers[5], ',.', '.,'), '-'), coalesce(translate(numbers[6], ',.', '.,'), '-'),
        coalesce(names[1], '-'), coalesce(names[2], '-'), coalesce(names[3], '-')
    ) AS why_id,
    format(
        en,
        coalesce(numbers[1], '-'), coalesce(numbers[2], '-'), coalesce(numbers[3], '-'),
        coalesce(numbers[4], '-'), coalesce(numbers[5], '-'), coalesce(numbers[6], '-'),
        coalesce(names[1], '-'), coalesce(names[2], '-'), coalesce(names[3], '-')
    ) AS why_en
FROM finding;
