-- The memberships without an employer that cannot be told apart. The payer is the membership that a bill names; those that no
-- bill names have none here, and each pays by itself.
SELECT
    n.membership_key AS payer, false AS is_employer, p.region_code, p.question, p.programmes, p.wage_idr, p.contract_value_idr, p.charged,
    count(*) AS memberships
FROM payer p
LEFT JOIN named n ON n.membership_key = p.membership_key
WHERE p.employer_key IS NULL
GROUP BY ALL
