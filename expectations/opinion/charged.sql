-- Contracts of $month: a contract is charged once, in the month in which it starts; the one of construction that several
-- memberships share is borne by the first of them. `bits` is the set of programmes that this membership bears.
WITH programme(programme, bit) AS (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)),
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
)
SELECT row_id, bit_or(bit) AS bits FROM turn WHERE is_first GROUP BY row_id
