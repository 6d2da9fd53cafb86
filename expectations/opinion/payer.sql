-- What is asked of each membership in force in $month, and what it charges: `charged` is a set of programmes, 31 all of them. Each
-- contract of a migrant worker is charged in the month in which it starts; of construction see `charged`.
SELECT
    m.employer_key, CASE WHEN m.employer_key IS NULL THEN m.membership_key END AS membership_key, m.residence_code AS region_code,
    q.question, m.programmes, m.wage_idr, CASE WHEN c.bits > 0 THEN m.contract_value_idr END AS contract_value_idr,
    CASE
        WHEN m.segment = 'PMI' THEN CASE WHEN date_trunc('month', m.start_date) = $month THEN 31 ELSE 0 END
        WHEN m.contract_value_idr IS NULL THEN 31
        ELSE coalesce(c.bits, 0)
    END AS charged
FROM member m
JOIN question q
  ON q.segment = m.segment AND q.funding_source = m.funding_source AND q.jkp_member = m.jkp_member
 AND q.reference_day = m.reference_day AND q.is_dated = m.is_dated AND q.months = m.months
 AND q.sub_sector IS NOT DISTINCT FROM m.sub_sector AND q.risk_class IS NOT DISTINCT FROM m.risk_class
 AND q.labour_intensive IS NOT DISTINCT FROM m.labour_intensive AND q.contract_above_idr IS NOT DISTINCT FROM m.contract_above_idr
LEFT JOIN charged c ON c.row_id = m.row_id
