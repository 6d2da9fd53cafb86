create table owed_programmes as
select * from (values
    ('BESAR', ['JHT', 'JKK', 'JKM', 'JP']), ('MENENGAH', ['JHT', 'JKK', 'JKM', 'JP']), ('KECIL', ['JHT', 'JKK', 'JKM']), ('MIKRO', ['JKK', 'JKM'])
) as rule (scale, owed);

create table division as
select lpad(number::varchar, 2, '0') as division, letter as sector
from (values
    ('A', 1, 3), ('B', 5, 9), ('C', 10, 33), ('D', 35, 35), ('E', 36, 39), ('F', 41, 43), ('G', 45, 47), ('H', 49, 53), ('I', 55, 56), ('J', 58, 63),
    ('K', 64, 66), ('L', 68, 68), ('M', 69, 75), ('N', 77, 82), ('O', 84, 84), ('P', 85, 85), ('Q', 86, 88), ('R', 90, 93), ('S', 94, 96),
    ('T', 97, 98), ('U', 99, 99)
) as section (letter, first, last), range(first, last + 1) as numbers (number);

-- The employers of a snapshot: the newest list not after its day.
create table listed as
select month, as_of_date, employer.*
from snapshot
join employer on listed_on = (select max(seen.listed_on) from employer seen where seen.listed_on <= as_of_date);

create table registered_workers as
select month, as_of_date, employer, count(distinct worker) as workers
from in_force
where segment = 'PU'
group by all;

create table underpaid as
select distinct month, as_of_date, employer
from in_force
join minimum_wage on region_code = workplace and minimum_wage.year = year(month)
where segment = 'PU' and wage_idr < minimum_idr;

create table employer_arrears as
select
    snapshot.month, snapshot.as_of_date, employer, sum(unpaid_idr)::bigint as arrears_idr,
    datediff('month', min(owed.month) filter (unpaid_idr > 0), any_value(snapshot.month)) + 1 as months
from snapshot
join owed on known_on = snapshot.as_of_date and owed.month <= snapshot.month and is_overdue
where segment = 'PU'
group by all;

create table paid_late as
select distinct month, as_of_date, employer
from bill
where segment = 'PU' and paid_idr > 0 and paid_date > due_date(month);

create view employer_month as
with flags as (
    select
        listed.employer as employer_key, employer_name, region_code, month, as_of_date, scale, sector, is_registered,
        not is_registered as is_unregistered,
        is_registered and declared_workers > coalesce(workers, 0) as has_workers_missing,
        is_registered and underpaid.employer is not null as has_wage_below_minimum,
        is_registered and not list_has_all(coalesce(programmes, owed), owed) as has_programme_missing,
        greatest(0, declared_workers - coalesce(workers, 0)) as missing_workers,
        coalesce(arrears_idr, 0) as arrears_idr,
        case when coalesce(arrears_idr, 0) > 0 then case when months <= 3 then 'LANCAR' when months <= 6 then 'KURANG_LANCAR'
            when months <= 9 then 'MACET' else 'KONTINJENSI' end end as arrears_class,
        paid_late.employer is not null as has_paid_late
    from listed
    join owed_programmes using (scale)
    join division on division = kbli[1:2]
    left join registered_workers using (month, as_of_date, employer)
    left join underpaid using (month, as_of_date, employer)
    left join employer_arrears using (month, as_of_date, employer)
    left join paid_late using (month, as_of_date, employer)
)
select *, is_registered and not (has_workers_missing or has_wage_below_minimum or has_programme_missing or has_paid_late)
    and arrears_class is null as is_compliant
from flags;

create view fact_compliance as
select
    region_code, month, as_of_date, scale, sector,
    count(*) as obliged_employers,
    count(*) filter (is_registered) as registered_employers,
    count(*) filter (is_unregistered) as unregistered_employers,
    count(*) filter (has_workers_missing) as workers_missing_employers,
    count(*) filter (has_wage_below_minimum) as wage_below_minimum_employers,
    count(*) filter (has_programme_missing) as programme_missing_employers,
    count(*) filter (arrears_class = 'LANCAR') as arrears_current_employers,
    count(*) filter (arrears_class = 'KURANG_LANCAR') as arrears_substandard_employers,
    count(*) filter (arrears_class = 'MACET') as arrears_bad_employers,
    count(*) filter (arrears_class = 'KONTINJENSI') as arrears_contingent_employers,
    count(*) filter (has_paid_late) as late_employers,
    count(*) filter (is_compliant) as compliant_employers,
    sum(missing_workers)::bigint as missing_workers,
    sum(arrears_idr)::bigint as arrears_idr
from (select * replace (unnest([region_code, region_code[1:2], '00']) as region_code) from employer_month)
group by all;
