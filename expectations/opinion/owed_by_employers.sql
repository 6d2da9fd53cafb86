-- What the memberships of employers in force in $month owe per programme, added up by employer.
SELECT
    payer, region_code, question, bit, NULL::BIGINT AS own_due, CAST(sum(memberships) AS BIGINT) AS memberships,
    CAST(sum(memberships * due) AS BIGINT) AS due, CAST(sum(memberships * payable) AS BIGINT) AS payable,
    CAST(sum(memberships * earlier_due) AS BIGINT) AS earlier_due, CAST(sum(memberships * earlier_payable) AS BIGINT) AS earlier_payable,
    CAST(coalesce(sum(memberships) FILTER (due IS NULL), 0) AS BIGINT) AS blind,
    CAST(coalesce(sum(memberships) FILTER (earlier_due IS NULL), 0) AS BIGINT) AS earlier_blind
FROM priced
WHERE is_employer AND hash(payer) BETWEEN $first AND $last
GROUP BY payer, region_code, question, bit
