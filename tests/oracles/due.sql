-- What every membership in force in $month owes per programme it holds: every rule is asked about every membership, and
-- the amounts are exact decimals. `now` is by the rules of the reference day, `earlier` by those of the last day before the
-- newest change of the rules of segment and programme.
WITH rule AS (
    SELECT
        * EXCLUDE (programme, rate), unnest(string_split(programme, '+')) AS programme, string_split(programme, '+')[1] AS bearer,
        CAST(rate AS DECIMAL(9, 6)) AS rate, TRY_CAST(replace(bracket, 'CONTRACT_', '') AS INTEGER) AS bracket_months
    FROM contribution_rule
),
employer AS (
    SELECT b.npp, b.risk_class, CASE WHEN b.labour_intensive THEN 'Y' ELSE 'T' END AS is_intensive
    FROM badan_usaha b
    WHERE b.as_of_date = (SELECT max(as_of_date) FROM badan_usaha WHERE as_of_date <= $as_of) AND b.npp IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY b.npp ORDER BY b.declared_workers DESC, b.nib NULLS FIRST, b.risk_class, b.labour_intensive
    ) = 1
),
member AS (
    SELECT
        f.* EXCLUDE (contract_value_idr), row_number() OVER () AS row_id, e.risk_class, e.is_intensive AS labour_intensive,
        CASE WHEN f.segment = 'JAKON' THEN f.contract_value_idr END AS contract_value_idr,
        CASE
            WHEN CAST(f.programmes AS INTEGER) & 16 = 0 THEN 'T'
            WHEN f.employer_key IN (SELECT employer_key FROM arrears WHERE month <= $month AND employer_key IS NOT NULL) THEN 'T'
            ELSE 'Y'
        END AS jkp_member
    FROM in_force f
    LEFT JOIN employer e ON e.npp = f.employer_key
    WHERE f.month = $month
),
contract AS (
    SELECT employer_key, contract_value_idr, min(start_date) AS starts
    FROM member
    WHERE contract_value_idr IS NOT NULL
    GROUP BY ALL
),
held AS (
    SELECT
        m.*, p.programme,
        CASE
            WHEN m.segment = 'PMI' THEN date_trunc('month', m.start_date) = $month
            WHEN m.contract_value_idr IS NULL THEN true
            ELSE date_trunc('month', c.starts) = $month AND row_number() OVER (
                PARTITION BY m.employer_key, m.contract_value_idr, p.programme
                ORDER BY m.residence_code, m.funding_source, m.sub_sector NULLS FIRST, m.programmes, m.jkp_member, m.membership_key
            ) = 1
        END AS is_charged,
        (SELECT count(*) FROM range(0, 600) n(months) WHERE m.start_date + to_months(CAST(n.months AS INTEGER)) < m.end_date) AS months
    FROM member m
    JOIN (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)) p(programme, bit)
      ON CAST(m.programmes AS INTEGER) & p.bit > 0
    LEFT JOIN contract c ON c.employer_key IS NOT DISTINCT FROM m.employer_key AND c.contract_value_idr = m.contract_value_idr
),
change AS (
    SELECT segment, programme, effective_from AS day FROM rule
    UNION
    SELECT segment, programme, effective_to + 1 FROM rule WHERE effective_to IS NOT NULL
),
dated AS (
    SELECT h.row_id, h.programme, 'now' AS kind, h.reference_day AS day FROM held h
    UNION ALL
    SELECT h.row_id, h.programme, 'earlier', max(c.day) - 1
    FROM held h
    JOIN change c ON c.segment = h.segment AND c.programme = h.programme AND c.day <= h.reference_day
    GROUP BY h.row_id, h.programme
),
fitting AS (
    SELECT
        d.row_id, d.programme, d.kind, r.rule_id, r.payer, r.basis, r.precedence, r.confidence, r.rate, r.amount_idr, r.wage_ceiling_idr,
        r.contract_from_idr, r.contract_to_idr, r.bracket, r.bracket_months, r.bearer, r.risk_class AS asked_risk,
        h.risk_class, h.end_date, h.months, h.wage_idr, h.contract_value_idr,
        (r.risk_class IS NOT NULL AND h.risk_class IS NULL) OR (r.basis = 'PER_CONTRACT' AND h.end_date IS NULL) AS is_unknown
    FROM dated d
    JOIN held h ON h.row_id = d.row_id AND h.programme = d.programme
    JOIN rule r
      ON r.segment = h.segment AND r.programme = h.programme
     AND d.day >= r.effective_from AND (r.effective_to IS NULL OR d.day <= r.effective_to)
    WHERE (r.sub_sector IS NULL OR r.sub_sector = h.sub_sector)
      AND (r.labour_intensive IS NULL OR r.labour_intensive = h.labour_intensive)
      AND (r.jkp_member IS NULL OR r.jkp_member = h.jkp_member OR h.programme = 'JKP')
      AND NOT list_contains(string_split(coalesce(r.excluded_payers, ''), ';'), h.funding_source)
      AND CASE r.basis
            WHEN 'WAGE' THEN h.contract_value_idr IS NULL
            WHEN 'CONTRACT_VALUE' THEN h.contract_value_idr > r.contract_from_idr OR (h.contract_value_idr IS NOT NULL AND r.contract_from_idr = 0)
            ELSE true
          END
),
winning AS (
    SELECT
        *,
        coalesce(
            max(CASE WHEN bracket_months <= months THEN bracket_months END) OVER (PARTITION BY row_id, programme, kind),
            min(bracket_months) OVER (PARTITION BY row_id, programme, kind)
        ) AS bracket_reached
    FROM fitting
    WHERE NOT is_unknown AND (asked_risk IS NULL OR asked_risk = risk_class)
    QUALIFY precedence = max(precedence) OVER (PARTITION BY row_id, programme, kind, payer, basis = 'FRACTION_OF_NORMAL')
),
counted AS (
    SELECT
        w.*,
        CASE
            WHEN w.basis = 'WAGE' THEN w.rate * CAST(least(w.wage_idr, coalesce(w.wage_ceiling_idr, w.wage_idr)) AS DECIMAL(18, 0))
            WHEN w.basis = 'CONTRACT_VALUE'
                THEN w.rate * CAST(least(w.contract_value_idr, coalesce(w.contract_to_idr, w.contract_value_idr)) - w.contract_from_idr AS DECIMAL(18, 0))
            WHEN w.programme <> w.bearer THEN 0
            WHEN w.bracket = 'EXTRA_MONTH' THEN w.amount_idr * (w.months - w.bracket_reached)
            ELSE w.amount_idr
        END * coalesce(
            (SELECT r.rate FROM winning r
              WHERE r.row_id = w.row_id AND r.programme = w.programme AND r.kind = w.kind AND r.payer = w.payer AND r.basis = 'FRACTION_OF_NORMAL'),
            1
        ) AS amount
    FROM winning w
    WHERE w.basis <> 'FRACTION_OF_NORMAL'
      AND (w.bracket_months IS NULL OR w.bracket_months = w.bracket_reached)
      AND (w.bracket IS DISTINCT FROM 'EXTRA_MONTH' OR w.months > w.bracket_reached)
),
owed AS (
    SELECT
        c.row_id, c.programme, c.kind,
        CAST(round(sum(c.amount), 0) AS BIGINT) AS whole,
        CAST(coalesce(round(sum(c.amount) FILTER (c.payer <> 'STATE'), 0), 0) AS BIGINT) AS payable,
        string_agg(DISTINCT c.rule_id, '+' ORDER BY c.rule_id)
            || coalesce('*' || (
                SELECT string_agg(r.rule_id, '+' ORDER BY r.rule_id) FROM winning r
                 WHERE r.row_id = c.row_id AND r.programme = c.programme AND r.kind = c.kind AND r.basis = 'FRACTION_OF_NORMAL'
            ), '') AS rules
    FROM counted c
    GROUP BY c.row_id, c.programme, c.kind
),
trust AS (
    SELECT row_id, programme, arg_min(confidence, list_position(['low', 'medium', 'high'], confidence)) AS confidence
    FROM (
        SELECT row_id, programme, confidence FROM counted WHERE kind = 'now'
        UNION ALL
        SELECT row_id, programme, confidence FROM winning WHERE kind = 'now' AND basis = 'FRACTION_OF_NORMAL'
    )
    GROUP BY row_id, programme
),
mystery AS (SELECT DISTINCT row_id, programme FROM fitting WHERE is_unknown AND kind = 'now' AND basis <> 'FRACTION_OF_NORMAL')
SELECT
    h.row_id, h.employer_key, hex(h.membership_key) AS kpj, h.residence_code, h.segment, h.programme, h.funding_source,
    coalesce(n.rules, CASE WHEN y.row_id IS NULL THEN 'NO_RULE' ELSE 'UNKNOWN_CLASS' END) AS rules, t.confidence,
    CASE WHEN h.is_charged OR n.whole IS NULL THEN n.whole ELSE 0 END AS due,
    CASE WHEN h.is_charged OR n.whole IS NULL THEN n.payable ELSE 0 END AS payable,
    CASE WHEN h.is_charged OR e.whole IS NULL THEN e.whole ELSE 0 END AS earlier_due,
    CASE WHEN h.is_charged OR e.whole IS NULL THEN e.payable ELSE 0 END AS earlier_payable
FROM held h
LEFT JOIN owed n ON n.row_id = h.row_id AND n.programme = h.programme AND n.kind = 'now'
LEFT JOIN owed e ON e.row_id = h.row_id AND e.programme = h.programme AND e.kind = 'earlier'
LEFT JOIN trust t ON t.row_id = h.row_id AND t.programme = h.programme AND n.rules IS NOT NULL
LEFT JOIN mystery y ON y.row_id = h.row_id AND y.programme = h.programme
