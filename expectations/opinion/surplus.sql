-- What each employer paid above all of its bills, account by account.
SELECT npp, sum(surplus) AS surplus_idr
FROM (
    SELECT npp, greatest(sum(paid) - sum(billed), 0) AS surplus
    FROM billed
    GROUP BY npp, region_code, segment, programme, funding_source
)
GROUP BY npp
