-- The memberships without an employer. The payer is the membership that a bill names, and each stands by itself; of those that no
-- bill names each pays by itself, has no payer here, and stands with those that cannot be told from it.
SELECT
    membership_key AS payer, false AS is_employer, region_code, question, programmes, wage_idr, contract_value_idr, charged, 1 AS memberships
FROM payer
SEMI JOIN named USING (membership_key)
WHERE employer_key IS NULL
UNION ALL
SELECT NULL, false, region_code, question, programmes, wage_idr, contract_value_idr, charged, count(*)
FROM payer
ANTI JOIN named USING (membership_key)
WHERE employer_key IS NULL
GROUP BY ALL
