-- The memberships in force in $month that cannot be told apart.
FROM bundle_of_employers UNION ALL FROM bundle_of_persons
