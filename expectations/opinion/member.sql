-- Every membership in force in $month, with all that the law asks of it except the wage and how much a contract is worth:
-- of a contract it asks which of its bounds the value is above, and how many months it lasts.
WITH employer AS (
    SELECT b.npp, b.risk_class, CASE WHEN b.labour_intensive THEN 'Y' ELSE 'T' END AS is_intensive
    FROM badan_usaha b
    WHERE b.as_of_date = (SELECT max(as_of_date) FROM employer_versions WHERE as_of_date <= $as_of) AND b.npp IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY b.npp ORDER BY b.declared_workers DESC, b.nib NULLS FIRST, b.risk_class, b.labour_intensive
    ) = 1
),
debtor AS (SELECT DISTINCT employer_key FROM arrears WHERE month <= $month AND employer_key IS NOT NULL),
bound AS (
    SELECT contract_from_idr AS idr FROM contribution_rule WHERE contract_from_idr IS NOT NULL
    UNION
    SELECT contract_to_idr FROM contribution_rule WHERE contract_to_idr IS NOT NULL
),
contract AS (
    SELECT DISTINCT
        contract_value_idr,
        coalesce((SELECT max(b.idr) FROM bound b WHERE b.idr < f.contract_value_idr), -1) AS contract_above_idr
    FROM in_force f
    WHERE segment = 'JAKON' AND contract_value_idr IS NOT NULL
),
abroad AS (
    SELECT
        f.rowid AS row_id, (year(end_date) - year(start_date)) * 12 + month(end_date) - month(start_date) AS months,
        start_date, end_date
    FROM in_force f
    WHERE segment = 'PMI'
)
SELECT
    f.rowid AS row_id, f.worker_key, f.membership_key, f.employer_key, f.residence_code, f.programmes, f.wage_idr, f.start_date,
    f.segment, f.sub_sector, f.funding_source, f.reference_day, e.risk_class, e.is_intensive AS labour_intensive,
    CASE WHEN f.segment = 'JAKON' THEN f.contract_value_idr END AS contract_value_idr,
    CASE WHEN f.segment = 'JAKON' THEN c.contract_above_idr END AS contract_above_idr,
    a.end_date IS NOT NULL AS is_dated,
    CASE
        WHEN a.months < 0 OR a.end_date IS NULL THEN 0
        ELSE a.months + CASE WHEN a.start_date + to_months(CAST(a.months AS INTEGER)) < a.end_date THEN 1 ELSE 0 END
    END AS months,
    CASE WHEN f.programmes & 16 = 0 OR d.employer_key IS NOT NULL THEN 'T' ELSE 'Y' END AS jkp_member
FROM in_force f
LEFT JOIN employer e ON e.npp = f.employer_key
LEFT JOIN debtor d ON d.employer_key = f.employer_key
LEFT JOIN contract c ON c.contract_value_idr = f.contract_value_idr
LEFT JOIN abroad a ON a.row_id = f.rowid
