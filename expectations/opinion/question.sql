-- What the law is asked about the memberships of `member`, each question once and with a number.
SELECT row_number() OVER () AS question, *
FROM (
    SELECT DISTINCT
        segment, sub_sector, funding_source, reference_day, risk_class, labour_intensive, contract_above_idr, is_dated, months, jkp_member
    FROM member
)
