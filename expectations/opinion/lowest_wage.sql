-- The lowest wage in force in $month of each employer and place of work.
SELECT employer_key, workplace_code, min(wage_idr) AS wage_idr
FROM in_force
WHERE segment = 'PU' AND employer_key IS NOT NULL
GROUP BY employer_key, workplace_code
