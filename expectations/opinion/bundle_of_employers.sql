-- The memberships of employers that cannot be told apart: of one employer, regency, question, wage and programmes.
SELECT
    encode(employer_key) AS payer, true AS is_employer, region_code, question, programmes, wage_idr, contract_value_idr, charged,
    count(*) AS memberships
FROM payer
WHERE employer_key IS NOT NULL AND hash(employer_key) BETWEEN $first AND $last
GROUP BY ALL
