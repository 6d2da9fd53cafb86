-- What each membership of a bundle owes per programme, all of it and without the share of the State, by the rules of now and of before.
WITH asked AS (
    SELECT
        b.payer, b.is_employer, b.region_code, b.question, t.* EXCLUDE (question), b.memberships, b.charged & t.bit > 0 AS is_charged,
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
)
SELECT
    payer, is_employer, region_code, question, bit, memberships, due, earlier_due,
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
