-- What the memberships in force in $month owe per programme.
SELECT o.* EXCLUDE (question, bit), q.segment, q.funding_source, t.programme, t.rule
FROM (FROM owed_by_employers UNION ALL FROM owed_by_persons) o
JOIN question q ON q.question = o.question
JOIN tariff t ON t.question = o.question AND t.bit = o.bit
