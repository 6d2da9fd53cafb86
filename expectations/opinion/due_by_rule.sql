-- What the memberships in force in $month owe, by the rules that ask it; `blind` of them have no price.
WITH law AS (SELECT DISTINCT rule, rules, confidence FROM price)
SELECT
    d.region_code, d.segment, d.programme, d.funding_source, l.rules, l.confidence, CAST(sum(d.memberships) AS BIGINT) AS memberships,
    CAST(sum(d.blind) AS BIGINT) AS blind, CAST(coalesce(sum(d.due), 0) AS BIGINT) AS due
FROM due d
JOIN law l USING (rule)
GROUP BY d.region_code, d.segment, d.programme, d.funding_source, l.rules, l.confidence
