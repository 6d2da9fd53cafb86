-- What the memberships in force in $month owe per programme, added up by payer: the employer, or the membership that a bill names.
-- A membership without employer that no bill names is a payer by itself (`payer` is null): those that owe the same are one row.
-- A contract is charged once, in the month in which it starts: each of a migrant worker, and of construction the one that several
-- memberships share, borne by the first of them.
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
charged AS (SELECT row_id, bit_or(bit) AS bits FROM turn WHERE is_first GROUP BY row_id),
bundle AS (
    SELECT
        coalesce(encode(m.employer_key), n.membership_key) AS payer, m.residence_code AS region_code,
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
),
-- Nearly every price is a rate of a wage in millionths, or a whole amount: that is counted in numbers of 64 bits, exact like the rest.
tariff AS MATERIALIZED (
    SELECT
        *,
        rate = payable_rate AND amount = payable_amount AND contract_rate = payable_contract_rate AS is_all_payable,
        earlier_rate = earlier_payable_rate AND earlier_amount = earlier_payable_amount
            AND earlier_contract_rate = earlier_payable_contract_rate AS is_all_payable_earlier,
        TRY_CAST(rate AS DECIMAL(8, 6)) AS plain_rate, TRY_CAST(payable_rate AS DECIMAL(8, 6)) AS payable_plain_rate,
        TRY_CAST(earlier_rate AS DECIMAL(8, 6)) AS earlier_plain_rate,
        TRY_CAST(earlier_payable_rate AS DECIMAL(8, 6)) AS earlier_payable_plain_rate,
        TRY_CAST(amount AS BIGINT) AS plain_amount, TRY_CAST(payable_amount AS BIGINT) AS payable_plain_amount,
        TRY_CAST(earlier_amount AS BIGINT) AS earlier_plain_amount,
        TRY_CAST(earlier_payable_amount AS BIGINT) AS earlier_payable_plain_amount,
        contract_rate = 0 AND payable_contract_rate = 0 AND plain_rate BETWEEN 0 AND 1 AND plain_rate = rate AND plain_amount >= 0 AND plain_amount = amount
            AND payable_plain_rate BETWEEN 0 AND 1 AND payable_plain_rate = payable_rate
            AND payable_plain_amount >= 0 AND payable_plain_amount = payable_amount AS is_plain,
        earlier_contract_rate = 0 AND earlier_payable_contract_rate = 0 AND earlier_plain_rate BETWEEN 0 AND 1 AND earlier_plain_rate = earlier_rate
            AND earlier_plain_amount >= 0 AND earlier_plain_amount = earlier_amount
            AND earlier_payable_plain_rate BETWEEN 0 AND 1 AND earlier_payable_plain_rate = earlier_payable_rate
            AND earlier_payable_plain_amount >= 0 AND earlier_payable_plain_amount = earlier_payable_amount AS is_plain_earlier
    FROM price
),
asked AS (
    SELECT
        b.payer, b.region_code, b.question, t.* EXCLUDE (question), b.memberships, b.charged & t.bit > 0 AS is_charged,
        least(b.wage_idr, t.ceiling_idr) AS base, least(b.wage_idr, t.earlier_ceiling_idr) AS earlier_base,
        CAST(coalesce(b.contract_value_idr, 0) AS DECIMAL(18, 0)) AS worth
    FROM bundle b
    JOIN tariff t ON t.question = b.question AND b.programmes & t.bit > 0
),
owed AS (
    SELECT
        *,
        CASE
            WHEN NOT is_charged THEN CASE WHEN amount IS NOT NULL THEN 0 END
            WHEN is_plain AND base BETWEEN 0 AND 1000000000
                THEN plain_amount + CAST(round(plain_rate * CAST(base AS DECIMAL(10, 0)), 0) AS BIGINT)
            ELSE CAST(round(amount + rate * CAST(base AS DECIMAL(18, 0)) + contract_rate * worth, 0) AS BIGINT)
        END AS due,
        CASE
            WHEN NOT is_charged THEN CASE WHEN earlier_amount IS NOT NULL THEN 0 END
            WHEN earlier_amount IS NULL THEN NULL
            WHEN is_plain_earlier AND earlier_base BETWEEN 0 AND 1000000000
                THEN earlier_plain_amount + CAST(round(earlier_plain_rate * CAST(earlier_base AS DECIMAL(10, 0)), 0) AS BIGINT)
            ELSE CAST(round(earlier_amount + earlier_rate * CAST(earlier_base AS DECIMAL(18, 0)) + earlier_contract_rate * worth, 0) AS BIGINT)
        END AS earlier_due
    FROM asked
),
paid AS (
    SELECT
        *,
        CASE
            WHEN is_all_payable OR NOT is_charged THEN due
            WHEN is_plain AND base BETWEEN 0 AND 1000000000
                THEN payable_plain_amount + CAST(round(payable_plain_rate * CAST(base AS DECIMAL(10, 0)), 0) AS BIGINT)
            ELSE CAST(round(payable_amount + payable_rate * CAST(base AS DECIMAL(18, 0)) + payable_contract_rate * worth, 0) AS BIGINT)
        END AS payable,
        CASE
            WHEN is_all_payable_earlier OR NOT is_charged THEN earlier_due
            WHEN earlier_amount IS NULL THEN NULL
            WHEN is_plain_earlier AND earlier_base BETWEEN 0 AND 1000000000
                THEN earlier_payable_plain_amount + CAST(round(earlier_payable_plain_rate * CAST(earlier_base AS DECIMAL(10, 0)), 0) AS BIGINT)
            ELSE CAST(round(earlier_payable_amount + earlier_payable_rate * CAST(earlier_base AS DECIMAL(18, 0)) + earlier_payable_contract_rate * worth, 0) AS BIGINT)
        END AS earlier_payable
    FROM owed
),
added AS (
    SELECT
        payer, region_code, question, bit, CASE WHEN payer IS NULL THEN due END AS own_due,
        CAST(sum(memberships) AS BIGINT) AS memberships,
        CAST(sum(memberships * due) AS BIGINT) AS due, CAST(sum(memberships * payable) AS BIGINT) AS payable,
        CAST(sum(memberships * earlier_due) AS BIGINT) AS earlier_due, CAST(sum(memberships * earlier_payable) AS BIGINT) AS earlier_payable,
        CAST(coalesce(sum(memberships) FILTER (due IS NULL), 0) AS BIGINT) AS blind,
        CAST(coalesce(sum(memberships) FILTER (earlier_due IS NULL), 0) AS BIGINT) AS earlier_blind
    FROM paid
    GROUP BY payer, region_code, question, bit, own_due
)
SELECT a.* EXCLUDE (question, bit), q.segment, q.funding_source, p.programme, p.rule
FROM added a
JOIN question q ON q.question = a.question
JOIN price p ON p.question = a.question AND p.bit = a.bit
