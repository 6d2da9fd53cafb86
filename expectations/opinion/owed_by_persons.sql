-- What the other memberships owe per programme: their payers seldom have two, and are added up later. A membership that no bill
-- names is a payer by itself (`payer` is null): those that owe the same stand in one row.
SELECT
    payer, region_code, question, bit, CASE WHEN payer IS NULL THEN due END AS own_due, memberships,
    memberships * due AS due, memberships * payable AS payable, memberships * earlier_due AS earlier_due,
    memberships * earlier_payable AS earlier_payable,
    CASE WHEN due IS NULL THEN memberships ELSE 0 END AS blind, CASE WHEN earlier_due IS NULL THEN memberships ELSE 0 END AS earlier_blind
FROM priced
WHERE NOT is_employer
