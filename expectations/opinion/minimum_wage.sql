-- core.minimum_wage: every decree that was delivered.
SELECT region_code, year, minimum_wage_idr, legal_reference FROM umk
