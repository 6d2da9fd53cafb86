-- Which versions of memberships there are.
SELECT DISTINCT month, as_of_date FROM kepesertaan
