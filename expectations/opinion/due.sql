-- What the memberships in force in $month owe per programme, added up by employer; other payers seldom have two, and are added up later.
-- A membership that no bill names is a payer by itself (`payer` is null): those that owe the same stand in one row.
WITH owed AS (
    SELECT
        payer, region_code, question, bit, NULL::BIGINT AS own_due, CAST(sum(memberships) AS BIGINT) AS memberships,
        CAST(sum(memberships * due) AS BIGINT) AS due, CAST(sum(memberships * payable) AS BIGINT) AS payable,
        CAST(sum(memberships * earlier_due) AS BIGINT) AS earlier_due, CAST(sum(memberships * earlier_payable) AS BIGINT) AS earlier_payable,
        CAST(coalesce(sum(memberships) FILTER (due IS NULL), 0) AS BIGINT) AS blind,
        CAST(coalesce(sum(memberships) FILTER (earlier_due IS NULL), 0) AS BIGINT) AS earlier_blind
    FROM priced
    WHERE is_employer
    GROUP BY payer, region_code, question, bit
    UNION ALL
    SELECT
        payer, region_code, question, bit, CASE WHEN payer IS NULL THEN due END, memberships,
        memberships * due, memberships * payable, memberships * earlier_due, memberships * earlier_payable,
        CASE WHEN due IS NULL THEN memberships ELSE 0 END, CASE WHEN earlier_due IS NULL THEN memberships ELSE 0 END
    FROM priced
    WHERE NOT is_employer
)
SELECT o.* EXCLUDE (question, bit), q.segment, q.funding_source, t.programme, t.rule
FROM owed o
JOIN question q ON q.question = o.question
JOIN tariff t ON t.question = o.question AND t.bit = o.bit
