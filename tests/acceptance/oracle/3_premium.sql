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

-- A group is what was billed, or what somebody holds who is in force when the bills are seen.
create view fact_premium as
with held as (
    select distinct residence as region_code, seen.month, seen.as_of_date, segment, unnest(programmes) as programme, funding_source
    from bill_snapshot seen
    join membership on membership.month = seen.month and membership.as_of_date = (
        select max(other.as_of_date) from snapshot other where other.month = seen.month and other.as_of_date <= seen.as_of_date
    )
    where covers(membership, least(seen.as_of_date, last_day(seen.month)))
),
received as (
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
select
    region_code, month, as_of_date, segment, programme, funding_source,
    coalesce(workers_billed, 0) as workers_billed, coalesce(billed_idr, 0) as billed_idr, coalesce(paid_idr, 0) as paid_idr,
    coalesce(paid_on_time_idr, 0) as paid_on_time_idr, coalesce(paid_late_idr, 0) as paid_late_idr,
    case when billed_idr is null then 0 else coalesce(arrears_idr, 0) end as arrears_idr
from received
full join held using (region_code, month, as_of_date, segment, programme, funding_source)
left join arrears using (region_code, month, as_of_date, segment, programme, funding_source);
