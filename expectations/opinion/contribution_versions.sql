-- Which versions of contributions there are.
SELECT DISTINCT month, as_of_date FROM iuran
