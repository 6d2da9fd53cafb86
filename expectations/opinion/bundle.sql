-- The memberships in force in $month that cannot be told apart: of one payer, regency, question, wage and programmes.
-- The payer is the employer, or the membership that a bill names; one that no bill names has none here, and pays by itself.
-- A contract is charged once, in the month in which it starts: each of a migrant worker, and of construction the one that several
-- memberships share, borne by the first of them. `charged` is the set of programmes charged.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
named AS (SELECT DISTINCT membership_key FROM iuran WHERE month = $month AND as_of_date = $as_of AND employer_key IS NULL),
turn AS (
    SELECT
        m.row_id, p.bit,
        date_trunc('month', min(m.start_date) OVER (PARTITION BY m.employer_key, m.contract_value_idr)) = $month AND row_number() OVER (
            PARTITION BY m.employer_key, m.contract_value_idr, p.programme
            ORDER BY m.residence_code, m.funding_source, m.sub_sector NULLS FIRST, m.programmes, m.jkp_member, m.membership_key
        ) = 1 AS is_first
    FROM member m
    JOIN programme p ON m.programmes & p.bit > 0
    WHERE m.contract_value_idr IS NOT NULL
),
charged AS (SELECT row_id, bit_or(bit) AS bits FROM turn WHERE is_first GROUP BY row_id)
SELECT
    coalesce(encode(m.employer_key), n.membership_key) AS payer, m.employer_key IS NOT NULL AS is_employer, m.residence_code AS region_code,
    q.question, m.programmes, m.wage_idr, CASE WHEN c.bits > 0 THEN m.contract_value_idr END AS contract_value_idr,
    CASE
        WHEN m.segment = 'PMI' THEN CASE WHEN date_trunc('month', m.start_date) = $month THEN 31 ELSE 0 END
        WHEN m.contract_value_idr IS NULL THEN 31
        ELSE coalesce(c.bits, 0)
    END AS charged,
    count(*) AS memberships
FROM member m
JOIN question q
  ON q.segment = m.segment AND q.funding_source = m.funding_source AND q.jkp_member = m.jkp_member
 AND q.reference_day = m.reference_day AND q.is_dated = m.is_dated AND q.months = m.months
 AND q.sub_sector IS NOT DISTINCT FROM m.sub_sector AND q.risk_class IS NOT DISTINCT FROM m.risk_class
 AND q.labour_intensive IS NOT DISTINCT FROM m.labour_intensive AND q.contract_above_idr IS NOT DISTINCT FROM m.contract_above_idr
LEFT JOIN named n ON n.membership_key = CASE WHEN m.employer_key IS NULL THEN m.membership_key END
LEFT JOIN charged c ON c.row_id = m.row_id
GROUP BY ALL
