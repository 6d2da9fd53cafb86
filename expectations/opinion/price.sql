-- What a membership with each question owes per programme: every rule is asked about every question, and the amounts are exact
-- decimals: an amount, a rate of the wage up to a ceiling, and a rate of the value of a contract. `now` is by the rules of the
-- reference day, `earlier` by those of the last day before the newest change of the rules of segment and programme.
WITH rule AS (
    SELECT
        * EXCLUDE (programme, rate), unnest(string_split(programme, '+')) AS programme, string_split(programme, '+')[1] AS bearer,
        CAST(rate AS DECIMAL(19, 6)) AS rate, TRY_CAST(replace(bracket, 'CONTRACT_', '') AS INTEGER) AS bracket_months
    FROM contribution_rule
),
held AS (
    SELECT q.*, p.programme, p.bit
    FROM question q
    CROSS JOIN (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)) p(programme, bit)
),
change AS (
    SELECT segment, programme, effective_from AS day FROM rule
    UNION
    SELECT segment, programme, effective_to + 1 FROM rule WHERE effective_to IS NOT NULL
),
dated AS (
    SELECT h.question, h.programme, 'now' AS kind, h.reference_day AS day FROM held h
    UNION ALL
    SELECT h.question, h.programme, 'earlier', max(c.day) - 1
    FROM held h
    JOIN change c ON c.segment = h.segment AND c.programme = h.programme AND c.day <= h.reference_day
    GROUP BY h.question, h.programme
),
fitting AS (
    SELECT
        d.question, d.programme, d.kind, r.rule_id, r.payer, r.basis, r.precedence, r.confidence, r.rate, r.amount_idr, r.wage_ceiling_idr,
        r.contract_from_idr, r.contract_to_idr, r.bracket, r.bracket_months, r.bearer, r.risk_class AS asked_risk,
        h.risk_class, h.months, h.contract_above_idr,
        (r.risk_class IS NOT NULL AND h.risk_class IS NULL) OR (r.basis = 'PER_CONTRACT' AND NOT h.is_dated) AS is_unknown
    FROM dated d
    JOIN held h ON h.question = d.question AND h.programme = d.programme
    JOIN rule r
      ON r.segment = h.segment AND r.programme = h.programme
     AND d.day >= r.effective_from AND (r.effective_to IS NULL OR d.day <= r.effective_to)
    WHERE (r.sub_sector IS NULL OR r.sub_sector = h.sub_sector)
      AND (r.labour_intensive IS NULL OR r.labour_intensive = h.labour_intensive)
      AND (r.jkp_member IS NULL OR r.jkp_member = h.jkp_member OR h.programme = 'JKP')
      AND NOT list_contains(string_split(coalesce(r.excluded_payers, ''), ';'), h.funding_source)
      AND CASE r.basis
            WHEN 'WAGE' THEN h.contract_above_idr IS NULL
            WHEN 'CONTRACT_VALUE' THEN h.contract_above_idr >= r.contract_from_idr OR (h.contract_above_idr IS NOT NULL AND r.contract_from_idr = 0)
            ELSE true
          END
),
winning AS (
    SELECT
        *,
        coalesce(
            max(CASE WHEN bracket_months <= months THEN bracket_months END) OVER (PARTITION BY question, programme, kind),
            min(bracket_months) OVER (PARTITION BY question, programme, kind)
        ) AS bracket_reached
    FROM fitting
    WHERE NOT is_unknown AND (asked_risk IS NULL OR asked_risk = risk_class)
    QUALIFY precedence = max(precedence) OVER (PARTITION BY question, programme, kind, payer, basis = 'FRACTION_OF_NORMAL')
),
counted AS (
    SELECT
        w.question, w.programme, w.kind, w.rule_id, w.payer, w.confidence,
        CASE WHEN w.basis = 'WAGE' THEN w.rate ELSE 0 END * coalesce(f.rate, 1) AS rate,
        CASE
            WHEN w.basis = 'CONTRACT_VALUE' AND w.contract_above_idr < coalesce(w.contract_to_idr, 1000000000000000000) THEN w.rate
            ELSE 0
        END * coalesce(f.rate, 1) AS contract_rate,
        CASE WHEN w.basis = 'WAGE' THEN coalesce(w.wage_ceiling_idr, 1000000000000000) END AS ceiling_idr,
        CASE
            WHEN w.basis = 'WAGE' THEN 0
            WHEN w.basis = 'CONTRACT_VALUE' AND w.contract_above_idr >= w.contract_to_idr
                THEN w.rate * CAST(w.contract_to_idr - w.contract_from_idr AS DECIMAL(18, 0))
            WHEN w.basis = 'CONTRACT_VALUE' THEN w.rate * CAST(-w.contract_from_idr AS DECIMAL(18, 0))
            WHEN w.programme <> w.bearer THEN 0
            WHEN w.bracket = 'EXTRA_MONTH' THEN w.amount_idr * (w.months - w.bracket_reached)
            ELSE w.amount_idr
        END * coalesce(f.rate, 1) AS amount
    FROM winning w
    LEFT JOIN winning f
      ON f.question = w.question AND f.programme = w.programme AND f.kind = w.kind AND f.payer = w.payer AND f.basis = 'FRACTION_OF_NORMAL'
    WHERE w.basis <> 'FRACTION_OF_NORMAL'
      AND (w.bracket_months IS NULL OR w.bracket_months = w.bracket_reached)
      AND (w.bracket IS DISTINCT FROM 'EXTRA_MONTH' OR w.months > w.bracket_reached)
),
owed AS (
    SELECT
        question, programme, kind,
        CAST(sum(rate) AS DECIMAL(19, 12)) AS rate,
        CAST(coalesce(sum(rate) FILTER (payer <> 'STATE'), 0) AS DECIMAL(19, 12)) AS payable_rate,
        CAST(sum(contract_rate) AS DECIMAL(19, 12)) AS contract_rate,
        CAST(coalesce(sum(contract_rate) FILTER (payer <> 'STATE'), 0) AS DECIMAL(19, 12)) AS payable_contract_rate,
        sum(amount) AS amount,
        coalesce(sum(amount) FILTER (payer <> 'STATE'), 0) AS payable_amount,
        CASE
            WHEN min(ceiling_idr) IS DISTINCT FROM max(ceiling_idr) THEN error('rules of one programme with two ceilings of the wage')
            ELSE CAST(coalesce(max(ceiling_idr), 0) AS BIGINT)
        END AS ceiling_idr,
        string_agg(DISTINCT rule_id, '+' ORDER BY rule_id) AS rules
    FROM counted
    GROUP BY question, programme, kind
),
relief AS (
    SELECT question, programme, kind, string_agg(rule_id, '+' ORDER BY rule_id) AS rules
    FROM winning
    WHERE basis = 'FRACTION_OF_NORMAL'
    GROUP BY question, programme, kind
),
trust AS (
    SELECT question, programme, arg_min(confidence, list_position(['low', 'medium', 'high'], confidence)) AS confidence
    FROM (
        SELECT question, programme, confidence FROM counted WHERE kind = 'now'
        UNION ALL
        SELECT question, programme, confidence FROM winning WHERE kind = 'now' AND basis = 'FRACTION_OF_NORMAL'
    )
    GROUP BY question, programme
),
mystery AS (SELECT DISTINCT question, programme FROM fitting WHERE is_unknown AND kind = 'now' AND basis <> 'FRACTION_OF_NORMAL'),
answer AS (
    SELECT
        h.question, h.programme, h.bit,
        coalesce(n.rules || coalesce('*' || r.rules, ''), CASE WHEN y.question IS NULL THEN 'NO_RULE' ELSE 'UNKNOWN_CLASS' END) AS rules,
        CASE WHEN n.rules IS NOT NULL THEN t.confidence END AS confidence,
        n.amount, n.rate, n.contract_rate, n.ceiling_idr,
        n.payable_amount, n.payable_rate, n.payable_contract_rate,
        e.amount AS earlier_amount, e.rate AS earlier_rate, e.contract_rate AS earlier_contract_rate, e.ceiling_idr AS earlier_ceiling_idr,
        e.payable_amount AS earlier_payable_amount, e.payable_rate AS earlier_payable_rate,
        e.payable_contract_rate AS earlier_payable_contract_rate
    FROM held h
    LEFT JOIN owed n ON n.question = h.question AND n.programme = h.programme AND n.kind = 'now'
    LEFT JOIN owed e ON e.question = h.question AND e.programme = h.programme AND e.kind = 'earlier'
    LEFT JOIN relief r ON r.question = h.question AND r.programme = h.programme AND r.kind = 'now'
    LEFT JOIN trust t ON t.question = h.question AND t.programme = h.programme
    LEFT JOIN mystery y ON y.question = h.question AND y.programme = h.programme
)
SELECT *, dense_rank() OVER (ORDER BY rules, confidence) AS rule
FROM answer
