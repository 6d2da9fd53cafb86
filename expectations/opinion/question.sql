-- Every membership in force in $month with all that the law asks of it except the wage, and the number of that question.
WITH employer AS (
    SELECT b.npp, b.risk_class, CASE WHEN b.labour_intensive THEN 'Y' ELSE 'T' END AS is_intensive
    FROM badan_usaha b
    WHERE b.as_of_date = (SELECT max(as_of_date) FROM badan_usaha WHERE as_of_date <= $as_of) AND b.npp IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY b.npp ORDER BY b.declared_workers DESC, b.nib NULLS FIRST, b.risk_class, b.labour_intensive
    ) = 1
),
debtor AS (SELECT DISTINCT employer_key FROM arrears WHERE month <= $month AND employer_key IS NOT NULL),
member AS (
    SELECT
        f.membership_key, f.employer_key, f.residence_code, f.programmes, f.wage_idr, f.start_date,
        f.segment, f.sub_sector, f.funding_source, f.reference_day, e.risk_class, e.is_intensive AS labour_intensive,
        CASE WHEN f.segment = 'JAKON' THEN f.contract_value_idr END AS contract_value_idr,
        CASE WHEN f.segment = 'PMI' THEN f.start_date END AS contract_start,
        CASE WHEN f.segment = 'PMI' THEN f.end_date END AS contract_end,
        CASE WHEN f.programmes & 16 = 0 OR d.employer_key IS NOT NULL THEN 'T' ELSE 'Y' END AS jkp_member
    FROM in_force f
    LEFT JOIN employer e ON e.npp = f.employer_key
    LEFT JOIN debtor d ON d.employer_key = f.employer_key
)
SELECT
    *,
    dense_rank() OVER (
        ORDER BY segment, sub_sector, funding_source, reference_day, risk_class, labour_intensive, contract_value_idr,
            contract_start, contract_end, jkp_member
    ) AS question
FROM member
