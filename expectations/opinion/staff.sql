-- How many workers each employer has in force in $month, in all its places together, and which programmes they hold.
WITH worker AS (
    SELECT employer_key, worker_key, bit_or(programmes) AS programmes
    FROM in_force
    WHERE employer_key IS NOT NULL AND hash(employer_key) BETWEEN $first AND $last
    GROUP BY employer_key, worker_key
)
SELECT employer_key, count(*) AS workers, bit_or(programmes) AS programmes FROM worker GROUP BY employer_key
