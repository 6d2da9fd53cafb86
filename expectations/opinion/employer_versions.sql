-- Which versions of employers there are.
SELECT DISTINCT as_of_date FROM badan_usaha
