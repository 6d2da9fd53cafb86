-- What every membership in force in $month owes per programme it holds. A contract is charged once, in the month in which it
-- starts: each of a migrant worker, and of construction the one that several memberships share, borne by the first of them.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
member AS (SELECT *, row_number() OVER () AS row_id FROM question),
contract AS (
    SELECT
        m.row_id, p.programme,
        date_trunc('month', min(m.start_date) OVER (PARTITION BY m.employer_key, m.contract_value_idr)) = $month AND row_number() OVER (
            PARTITION BY m.employer_key, m.contract_value_idr, p.programme
            ORDER BY m.residence_code, m.funding_source, m.sub_sector NULLS FIRST, m.programmes, m.jkp_member, m.membership_key
        ) = 1 AS is_charged
    FROM member m
    JOIN programme p ON m.programmes & p.bit > 0
    WHERE m.contract_value_idr IS NOT NULL
),
held AS (
    SELECT
        m.*, p.programme,
        CASE
            WHEN m.segment = 'PMI' THEN date_trunc('month', m.start_date) = $month
            WHEN m.contract_value_idr IS NULL THEN true
            ELSE c.is_charged
        END AS is_charged
    FROM member m
    JOIN programme p ON m.programmes & p.bit > 0
    LEFT JOIN contract c ON c.row_id = m.row_id AND c.programme = p.programme
)
SELECT
    h.row_id, h.employer_key, h.membership_key, h.residence_code, h.segment, h.programme, h.funding_source, p.rules, p.confidence,
    CASE
        WHEN h.is_charged OR p.amount IS NULL
            THEN CAST(round(p.amount + p.rate * CAST(least(h.wage_idr, p.ceiling_idr) AS DECIMAL(18, 0)), 0) AS BIGINT)
        ELSE 0
    END AS due,
    CASE
        WHEN h.is_charged OR p.amount IS NULL
            THEN CAST(round(p.payable_amount + p.payable_rate * CAST(least(h.wage_idr, p.ceiling_idr) AS DECIMAL(18, 0)), 0) AS BIGINT)
        ELSE 0
    END AS payable,
    CASE
        WHEN h.is_charged OR p.earlier_amount IS NULL
            THEN CAST(round(p.earlier_amount + p.earlier_rate * CAST(least(h.wage_idr, p.earlier_ceiling_idr) AS DECIMAL(18, 0)), 0) AS BIGINT)
        ELSE 0
    END AS earlier_due,
    CASE
        WHEN h.is_charged OR p.earlier_amount IS NULL
            THEN CAST(round(p.earlier_payable_amount + p.earlier_payable_rate * CAST(least(h.wage_idr, p.earlier_ceiling_idr) AS DECIMAL(18, 0)), 0) AS BIGINT)
        ELSE 0
    END AS earlier_payable
FROM held h
JOIN price p ON p.question = h.question AND p.programme = h.programme
