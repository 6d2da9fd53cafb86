-- On the day of a snapshot, each month is known by its newest snapshot not after that day.
create table bill_snapshot as select distinct month, as_of_date from bill;

create table day as select as_of_date from bill_snapshot union select as_of_date from snapshot;

create table known_bill as
select day.as_of_date as known_on, bill.*
from day
join bill on bill.as_of_date = (
    select max(seen.as_of_date) from bill_snapshot seen where seen.month = bill.month and seen.as_of_date <= day.as_of_date
);

-- Payments settle the oldest month first and what is left goes to the next: one account is a payer, programme and purse.
create table owed as
with monthly as (
    select known_on, payer, employer, segment, programme, funding_source, region_code, month, sum(billed_idr) as billed_idr, sum(paid_idr) as paid_idr
    from known_bill
    group by all
),
running as (
    select
        *,
        sum(billed_idr) over (account order by month) as billed_so_far,
        sum(paid_idr) over (partition by known_on, payer, segment, programme, funding_source, region_code) as paid_in_all
    from monthly
    window account as (partition by known_on, payer, segment, programme, funding_source, region_code)
)
select *, greatest(0, least(billed_idr, billed_so_far - paid_in_all))::bigint as unpaid_idr, due_date(month) < known_on as is_overdue
from running;

create view fact_premium as
with received as (
    select
        region_code, month, as_of_date, segment, programme, funding_source,
        sum(workers)::bigint as workers_billed, sum(billed_idr)::bigint as billed_idr, sum(paid_idr)::bigint as paid_idr,
        coalesce(sum(paid_idr) filter (paid_date <= due_date(month)), 0)::bigint as paid_on_time_idr,
        coalesce(sum(paid_idr) filter (paid_date > due_date(month)), 0)::bigint as paid_late_idr
    from bill
    group by all
),
arrears as (
    select region_code, month, known_on as as_of_date, segment, programme, funding_source,
        coalesce(sum(unpaid_idr) filter (is_overdue), 0)::bigint as arrears_idr
    from owed
    group by all
)
select *
from received
join arrears using (region_code, month, as_of_date, segment, programme, funding_source);
