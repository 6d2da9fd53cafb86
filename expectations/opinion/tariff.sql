-- The prices of `price`, and which of them are a rate of a wage in millionths, or a whole amount, as nearly all are: those are
-- counted in numbers of 64 bits, exact like the rest.
SELECT
    *,
    rate = payable_rate AND amount = payable_amount AND contract_rate = payable_contract_rate AS is_all_payable,
    earlier_rate = earlier_payable_rate AND earlier_amount = earlier_payable_amount
        AND earlier_contract_rate = earlier_payable_contract_rate AS is_all_payable_earlier,
    TRY_CAST(rate AS DECIMAL(8, 6)) AS plain_rate, TRY_CAST(payable_rate AS DECIMAL(8, 6)) AS payable_plain_rate,
    TRY_CAST(earlier_rate AS DECIMAL(8, 6)) AS earlier_plain_rate,
    TRY_CAST(earlier_payable_rate AS DECIMAL(8, 6)) AS earlier_payable_plain_rate,
    TRY_CAST(amount AS BIGINT) AS plain_amount, TRY_CAST(payable_amount AS BIGINT) AS payable_plain_amount,
    TRY_CAST(earlier_amount AS BIGINT) AS earlier_plain_amount,
    TRY_CAST(earlier_payable_amount AS BIGINT) AS earlier_payable_plain_amount,
    contract_rate = 0 AND payable_contract_rate = 0 AND plain_rate BETWEEN 0 AND 1 AND plain_rate = rate AND plain_amount >= 0 AND plain_amount = amount
        AND payable_plain_rate BETWEEN 0 AND 1 AND payable_plain_rate = payable_rate
        AND payable_plain_amount >= 0 AND payable_plain_amount = payable_amount AS is_plain,
    earlier_contract_rate = 0 AND earlier_payable_contract_rate = 0 AND earlier_plain_rate BETWEEN 0 AND 1 AND earlier_plain_rate = earlier_rate
        AND earlier_plain_amount >= 0 AND earlier_plain_amount = earlier_amount
        AND earlier_payable_plain_rate BETWEEN 0 AND 1 AND earlier_payable_plain_rate = earlier_payable_rate
        AND earlier_payable_plain_amount >= 0 AND earlier_payable_plain_amount = earlier_payable_amount AS is_plain_earlier
FROM price
