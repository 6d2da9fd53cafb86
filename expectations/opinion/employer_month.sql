-- core.employer_month of $month as of $as_of: every employer row of the newest snapshot asks its own questions.
WITH snapshot AS (
    SELECT coalesce(npp, 'NIB:' || nib) AS employer_key, *
    FROM badan_usaha
    WHERE as_of_date = (SELECT max(as_of_date) FROM employer_versions WHERE as_of_date <= $as_of)
      AND hash(coalesce(npp, 'NIB:' || nib)) BETWEEN $first AND $last
    QUALIFY row_number() OVER (PARTITION BY employer_key, region_code ORDER BY declared_workers DESC, nib NULLS FIRST) = 1
),
minimum AS (SELECT region_code, max(minimum_wage_idr) AS minimum_wage_idr FROM umk WHERE year = year($month) GROUP BY region_code),
underpaid AS (
    SELECT DISTINCT l.employer_key
    FROM lowest_wage l
    JOIN minimum w ON w.region_code = l.workplace_code
    WHERE l.wage_idr < w.minimum_wage_idr AND hash(l.employer_key) BETWEEN $first AND $last
),
placeless AS (
    SELECT employer_key, wage_idr FROM lowest_wage WHERE workplace_code IS NULL AND hash(employer_key) BETWEEN $first AND $last
),
late AS (
    SELECT DISTINCT employer_key
    FROM receipt r
    JOIN dim_month m ON m.month = r.month
    WHERE r.month = $month AND r.paid_idr > 0 AND r.paid_date > m.due_date AND r.employer_key IS NOT NULL
      AND hash(r.employer_key) BETWEEN $first AND $last
),
unpaid AS (
    SELECT
        employer_key AS npp, max((year($as_of) - year(month)) * 12 + month($as_of) - month(month)) AS months,
        CAST(sum(amount) AS BIGINT) AS amount
    FROM arrears
    WHERE month <= $month AND employer_key IS NOT NULL AND hash(employer_key) BETWEEN $first AND $last
    GROUP BY employer_key
),
owed_bits AS (
    SELECT o.scale, sum(b.bit) AS bits
    FROM employer_obligation o
    JOIN (VALUES ('JKK', 1), ('JKM', 2), ('JHT', 4), ('JP', 8), ('JKP', 16)) b(programme, bit)
      ON list_contains(string_split(o.programmes, ','), b.programme)
    WHERE $month BETWEEN o.effective_from AND coalesce(o.effective_to, DATE '9999-12-31')
    GROUP BY o.scale
),
asked AS (
    SELECT
        s.*,
        coalesce(t.workers, 0) AS registered_workers,
        u.employer_key IS NOT NULL OR coalesce(p.wage_idr < w.minimum_wage_idr, false) AS is_wage_below_minimum,
        coalesce(CAST(s.programmes AS INTEGER), t.programmes, 0) AS followed,
        coalesce((SELECT CAST(o.bits AS INTEGER) FROM owed_bits o WHERE o.scale = s.scale), 0) AS owed,
        l.employer_key IS NOT NULL AS is_late,
        coalesce(d.months, 0) AS arrears_months,
        coalesce(d.amount, 0) AS arrears_idr,
        r.paid_through,
        coalesce(a.surplus_idr, 0) AS surplus_idr,
        coalesce(
            (SELECT d.sector FROM sector_division d
              WHERE TRY_CAST(substr(s.kbli, 1, 2) AS INTEGER) BETWEEN d.division_from AND d.division_to),
            'X'
        ) AS sector
    FROM snapshot s
    LEFT JOIN (FROM staff WHERE hash(employer_key) BETWEEN $first AND $last) t ON t.employer_key = s.npp
    LEFT JOIN underpaid u ON u.employer_key = s.npp
    LEFT JOIN placeless p ON p.employer_key = s.npp
    LEFT JOIN minimum w ON w.region_code = s.region_code
    LEFT JOIN late l ON l.employer_key = s.npp
    LEFT JOIN unpaid d ON d.npp = s.npp
    LEFT JOIN (FROM paid_through WHERE hash(npp) BETWEEN $first AND $last) r ON r.npp = s.npp
    LEFT JOIN (FROM surplus WHERE hash(npp) BETWEEN $first AND $last) a ON a.npp = s.npp
),
found AS (
    SELECT
        *,
        npp IS NULL AS is_unregistered,
        npp IS NOT NULL AND declared_workers > registered_workers AS is_workers_missing,
        npp IS NOT NULL AND (followed & owed) <> owed AS is_programme_missing,
        (SELECT c.arrears_class FROM arrears_class c
          WHERE arrears_months >= c.from_months AND arrears_months <= coalesce(c.to_months, 100000)) AS arrears_class
    FROM asked
)
SELECT
    employer_key, employer_name, region_code, CAST($month AS DATE) AS month, CAST($as_of AS DATE) AS as_of_date, scale, sector,
    is_unregistered, is_workers_missing, is_wage_below_minimum, is_programme_missing, is_late,
    arrears_class, CAST(arrears_months AS BIGINT) AS arrears_months, CAST(arrears_idr AS BIGINT) AS arrears_idr,
    paid_through, CAST(surplus_idr AS BIGINT) AS surplus_idr, declared_workers, registered_workers,
    CASE WHEN is_workers_missing THEN declared_workers - registered_workers ELSE 0 END AS missing_workers,
    NOT is_unregistered AND NOT is_workers_missing AND NOT is_wage_below_minimum AND NOT is_programme_missing
        AND NOT is_late AND arrears_class IS NULL AS is_compliant
FROM found
